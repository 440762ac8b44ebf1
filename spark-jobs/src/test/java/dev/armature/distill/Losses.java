package dev.armature.distill;

/** A step's terms by modality, for the tests of this package. */
final class Losses {
  private Losses() {}

  /** By modality. */
  static double[] contrastive(StepLoss loss) {
    return family(loss, "contrastive");
  }

  /** By teacher and student; 0 on the diagonal. */
  static double[][] distillation(StepLoss loss) {
    return pairs(loss, "distillation");
  }

  /** A family of ordered pairs by teacher and student; 0 on the diagonal. */
  static double[][] pairs(StepLoss loss, String family) {
    double[] values = family(loss, family);
    int modalities = loss.gradients().length;
    double[][] pairs = new double[modalities][modalities];
    int next = 0;
    for (int teacher = 0; teacher < modalities; teacher++) {
      for (int student = 0; student < modalities; student++) {
        pairs[teacher][student] = student == teacher ? 0 : values[next++];
      }
    }
    return pairs;
  }

  /** A family's values, in order. */
  static double[] family(StepLoss loss, String family) {
    return loss.terms().stream()
        .filter(term -> term.family().equals(family))
        .mapToDouble(LossTerm::value)
        .toArray();
  }
}
