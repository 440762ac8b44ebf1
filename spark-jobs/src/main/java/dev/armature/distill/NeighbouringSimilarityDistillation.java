package dev.armature.distill;

/**
 * Distils a teacher's neighbouring similarity distribution into a student of another modality or of
 * the same modality's other branch, for one sequence at a time:
 *
 * <pre>loss = KL(p ‖ s) = Σᵢ pᵢ · (log pᵢ − log sᵢ)</pre>
 *
 * <p>where i runs over the teacher's neighbours, p is the teacher's softmax and s the student's
 * softmax, at its own temperature, over its query's similarities with its own queue at the same
 * positions. No gradient reaches the teacher. Mao et al., <em>CMD: Self-supervised 3D Action
 * Representation Learning with Cross-modal Mutual Distillation</em>, ECCV 2022, section 3.3.
 *
 * <p>What it degenerates to: with one neighbour both softmaxes are 1, and loss and gradient vanish.
 * With the whole queue as neighbours and the teacher's temperature towards 0, p is all on the
 * teacher's most similar key, and the loss is that position's negative log-likelihood for the
 * student: cross-modal positive mining, as in CrosSCLR.
 *
 * <p>{@link #student} comes first, then {@link #distil} for every teacher; the student's
 * exponentials are computed once. Has scratch memory of its own: one object per thread.
 */
final class NeighbouringSimilarityDistillation {
  /** Below this a sum of float exponentials has lost digits to underflow. */
  private static final double LEAST_SUM = 1e-30;

  private final float scale;
  private final Exponential exponential = new Exponential();
  private final int[] positions;
  private final float[] exponentials;
  private float[] similarities;
  private float greatest;

  /**
   * @param neighbours the most that a teacher may have
   */
  NeighbouringSimilarityDistillation(int queue, int neighbours, double studentTemperature) {
    this.scale = (float) (1 / studentTemperature);
    this.positions = new int[neighbours];
    this.exponentials = new float[queue];
    this.similarities = new float[0];
  }

  /**
   * Sets the student.
   *
   * @param similarities of its query and its whole queue; not copied, must stay until the last
   *     teacher
   * @param greatest the greatest of them
   */
  void student(float[] similarities, float greatest) {
    this.similarities = similarities;
    this.greatest = greatest;
    exponential.exp(similarities, similarities.length, greatest, scale, exponentials);
  }

  /**
   * Computes the loss from one teacher and adds its derivatives by the student's similarities.
   *
   * @param factor by which the derivatives are multiplied
   * @param coefficients by position of the queue; added to
   * @return the loss
   */
  double distil(TeacherTargets.Row teacher, double factor, float[] coefficients) {
    long[] neighbours = teacher.neighbours();
    float[] probabilities = teacher.probabilities();
    // Two of each, in turn, so that an addition need not wait for the one before.
    double sum0 = 0;
    double sum1 = 0;
    double cross0 = 0;
    double cross1 = 0;
    int count = 0;
    for (int word = 0; word < neighbours.length; word++) {
      for (long left = neighbours[word]; left != 0; left &= left - 1) {
        int position = word * Long.SIZE + Long.numberOfTrailingZeros(left);
        double sum = sum0 + exponentials[position];
        double cross = cross0 + (double) probabilities[count] * (similarities[position] - greatest);
        sum0 = sum1;
        sum1 = sum;
        cross0 = cross1;
        cross1 = cross;
        positions[count++] = position;
      }
    }
    double sum = sum0 + sum1;
    double cross = (cross0 + cross1) * scale;
    if (sum < LEAST_SUM) {
      return distilFarBelow(teacher, cross, factor, coefficients);
    }
    float inverse = (float) (1 / sum);
    float each = (float) (factor * scale);
    for (int j = 0; j < count; j++) {
      int position = positions[j];
      coefficients[position] += each * (exponentials[position] * inverse - probabilities[j]);
    }
    return teacher.negativeEntropy() - cross + Math.log(sum);
  }

  /**
   * The same where the student's greatest similarity is so far above all neighbours', at so low a
   * temperature, that their exponentials vanish beside it: relative to the neighbours' greatest, in
   * double precision.
   */
  private double distilFarBelow(
      TeacherTargets.Row teacher, double cross, double factor, float[] coefficients) {
    float[] probabilities = teacher.probabilities();
    int count = probabilities.length;
    double shift = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      shift = Math.max(shift, similarities[positions[i]]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp((similarities[positions[i]] - shift) * scale);
    }
    for (int i = 0; i < count; i++) {
      double student = Math.exp((similarities[positions[i]] - shift) * scale) / sum;
      coefficients[positions[i]] += (float) (factor * scale * (student - probabilities[i]));
    }
    return teacher.negativeEntropy() - cross + Math.log(sum) + (shift - greatest) * scale;
  }
}
