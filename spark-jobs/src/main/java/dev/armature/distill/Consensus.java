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
 * no gradient. Has scratch memory of its own: one object per thread.
 */
final class Consensus {
  private final Logarithm logarithm = new Logarithm();
  private final float[] sums;

  /**
   * @param queue keys in a queue
   */
  Consensus(int queue) {
    this.sums = new float[queue];
  }

  /**
   * The consensus about one sequence.
   *
   * @param teachers at least 1
   */
  TeacherTargets.Row of(TeacherTargets.Row[] teachers) {
    long[] union = new long[teachers[0].neighbours().length];
    float share = 1f / teachers.length;
    for (TeacherTargets.Row teacher : teachers) {
      add(teacher.neighbours(), teacher.probabilities(), share);
      for (int word = 0; word < union.length; word++) {
        union[word] |= teacher.neighbours()[word];
      }
    }
    float[] probabilities = take(union);
    return new TeacherTargets.Row(union, probabilities, logarithm.negativeEntropy(probabilities));
  }

  private void add(long[] neighbours, float[] probabilities, float share) {
    int next = 0;
    for (int word = 0; word < neighbours.length; word++) {
      for (long left = neighbours[word]; left != 0; left &= left - 1) {
        sums[word * Long.SIZE + Long.numberOfTrailingZeros(left)] += probabilities[next++] * share;
      }
    }
  }

  /** The sums at some positions; leaves zeros behind. */
  private float[] take(long[] union) {
    int count = 0;
    for (long word : union) {
      count += Long.bitCount(word);
    }
    float[] taken = new float[count];
    int next = 0;
    for (int word = 0; word < union.length; word++) {
      for (long left = union[word]; left != 0; left &= left - 1) {
        int position = word * Long.SIZE + Long.numberOfTrailingZeros(left);
        taken[next++] = sums[position];
        sums[position] = 0;
      }
    }
    return taken;
  }
}
