package dev.armature.distill;

/**
 * What several teachers say on average:
 *
 * <pre>p̄ᵢ = (1/M) Σ_a p_a,ᵢ   for i in the union of all teachers' neighbours</pre>
 *
 * <p>where p_a is 0 off the neighbours of a. Learned by every modality, it takes M distillations
 * where pairs take M·(M−1): of teachers that all agree, one consensus says what each of them says
 * once. With the whole queue as neighbours the gradient is exactly 1/M of the gradient from all M
 * teachers, the student's own included; the losses differ by the teachers' disagreement, which has
 * no gradient.
 */
final class Consensus {
  private Consensus() {}

  /**
   * The consensus about one sequence.
   *
   * @param teachers at least 1, over queues of equal length
   */
  static TeacherTargets.Row of(TeacherTargets.Row[] teachers) {
    long[] union = new long[teachers[0].neighbours().length];
    int count = 0;
    for (int word = 0; word < union.length; word++) {
      for (TeacherTargets.Row teacher : teachers) {
        union[word] |= teacher.neighbours()[word];
      }
      count += Long.bitCount(union[word]);
    }
    float[] probabilities = new float[count];
    int[] places = new int[teachers.length];
    double share = 1.0 / teachers.length;
    double negativeEntropy = 0;
    int next = 0;
    for (int word = 0; word < union.length; word++) {
      for (long left = union[word]; left != 0; left &= left - 1) {
        long bit = left & -left;
        double sum = 0;
        for (int teacher = 0; teacher < teachers.length; teacher++) {
          if ((teachers[teacher].neighbours()[word] & bit) != 0) {
            sum += teachers[teacher].probabilities()[places[teacher]++];
          }
        }
        double probability = sum * share;
        // The limit of p·log p towards 0 is 0; NaN must stay NaN.
        negativeEntropy += probability == 0 ? 0 : probability * Math.log(probability);
        probabilities[next++] = (float) probability;
      }
    }
    return new TeacherTargets.Row(union, probabilities, negativeEntropy);
  }
}
