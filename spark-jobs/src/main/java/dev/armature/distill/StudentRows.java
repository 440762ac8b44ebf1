package dev.armature.distill;

import java.util.Arrays;

/**
 * One modality as a student, for one batch: every row's similarities become its losses and the
 * derivatives by them. Rows may be computed by different threads.
 */
final class StudentRows {
  private final ContrastiveLoss contrast;
  private final double weight;
  private final int student;
  private final float[] queries;
  private final float[] keys;
  private final TeacherTargets targets;
  private final int batch;
  private final int embedding;
  private final double[] contrastive;
  private final double[][] distillation;

  StudentRows(
      DistillSettings settings,
      int student,
      float[] queries,
      float[] keys,
      TeacherTargets targets,
      int batch,
      int embedding) {
    this.contrast = new ContrastiveLoss(settings.contrastTemperature());
    this.weight = settings.weight();
    this.student = student;
    this.queries = queries;
    this.keys = keys;
    this.targets = targets;
    this.batch = batch;
    this.embedding = embedding;
    this.contrastive = new double[batch];
    this.distillation = new double[targets.modalities()][batch];
  }

  /**
   * Computes one row.
   *
   * @param own whose similarities are set and whose coefficients are written
   */
  void compute(int row, RowScratch own) {
    float[] similarities = own.similarities();
    float greatest = Exponential.greatest(similarities, similarities.length);
    contrastive[row] =
        contrast.compute(similarities, greatest, positive(row), 1.0 / batch, own.coefficients());
    if (targets.modalities() > 0) {
      own.distillation().student(similarities, greatest);
      for (int teacher : targets.teachersOf(student)) {
        distillation[teacher][row] =
            own.distillation()
                .distil(targets.row(teacher, row), weight / batch, own.coefficients());
      }
    }
  }

  private float positive(int row) {
    double product = 0;
    for (int i = row * embedding; i < (row + 1) * embedding; i++) {
      product += (double) queries[i] * keys[i];
    }
    return (float) product;
  }

  /** Adds what the positives, which are in no queue, give to the gradients. */
  void addPositives(float[] gradients) {
    for (int row = 0; row < batch; row++) {
      float coefficient = contrast.positiveCoefficient(contrastive[row], 1.0 / batch);
      for (int i = row * embedding; i < (row + 1) * embedding; i++) {
        gradients[i] += coefficient * keys[i];
      }
    }
  }

  /** The contrastive loss, mean over the batch. */
  double contrastive() {
    return Arrays.stream(contrastive).sum() / batch;
  }

  /** The distillation loss from one teacher, mean over the batch. */
  double distillation(int teacher) {
    return Arrays.stream(distillation[teacher]).sum() / batch;
  }
}
