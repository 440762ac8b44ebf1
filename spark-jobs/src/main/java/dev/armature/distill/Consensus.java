package dev.armature.distill;

import java.util.Arrays;

/**
 * What several teachers say on average:
 *
 * <pre>p̄ᵢ = (1/M) Σ_a p_a,ᵢ   for i in the union of all teachers' neighbours</pre>
 *
 * <p>where p_a is 0 off the neighbours of a. Learned by every modality, it takes M distillations
 * where pairs take M·(M−1): of teachers that all agree, one consensus says what each of them says
 * once. With the whole queue as neighbours the gradient is exactly 1/M of the gradient from all M
 * teachers, the student's own included; the losses differ by the teachers' disagreement, which has
 * no gradient. Has scratch memory of its own: one object per thread.
 */
final class Consensus {
  private final float[] sums;
  private final int[] positions;

  /**
   * @param queue keys in a queue
   */
  Consensus(int queue) {
    this.sums = new float[queue];
    this.positions = new int[queue];
  }

  /**
   * The consensus about one sequence.
   *
   * @param teachers at least 1
   */
  TeacherTargets.Row of(TeacherTargets.Row[] teachers) {
    Arrays.fill(sums, 0);
    long[] union = new long[teachers[0].neighbours().length];
    float share = 1f / teachers.length;
    for (TeacherTargets.Row teacher : teachers) {
      for (int word = 0; word < union.length; word++) {
        union[word] |= teacher.neighbours()[word];
      }
      teacher.positions(positions);
      float[] probabilities = teacher.probabilities();
      for (int i = 0; i < probabilities.length; i++) {
        sums[positions[i]] += probabilities[i] * share;
      }
    }
    int count = 0;
    for (long word : union) {
      count += Long.bitCount(word);
    }
    TeacherTargets.positions(union, positions);
    float[] probabilities = new float[count];
    for (int i = 0; i < count; i++) {
      probabilities[i] = sums[positions[i]];
    }
    return new TeacherTargets.Row(union, probabilities, Logarithm.negativeEntropy(probabilities));
  }
}
