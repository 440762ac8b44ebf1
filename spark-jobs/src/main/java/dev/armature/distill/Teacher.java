package dev.armature.distill;

/**
 * Turns a key's similarities with its queue into what a student is to learn: its neighbours and a
 * softmax over them. Has scratch memory of its own: one object per thread.
 */
final class Teacher {
  private final float scale;
  private final Exponential exponential = new Exponential();
  private final NeighbourSelection selection;
  private final int[] positions;
  private final float[] similaritiesOfNeighbours;

  Teacher(int queue, int neighbours, double temperature) {
    this.scale = (float) (1 / temperature);
    this.selection = new NeighbourSelection(queue, neighbours);
    this.positions = new int[neighbours];
    this.similaritiesOfNeighbours = new float[neighbours];
  }

  /**
   * The target for one sequence.
   *
   * @param similarities of its key and the whole queue
   */
  TeacherTargets.Row target(float[] similarities) {
    int neighbours = positions.length;
    float[] probabilities = new float[neighbours];
    long[] chosen = selection.select(similarities);
    TeacherTargets.positions(chosen, positions);
    for (int i = 0; i < neighbours; i++) {
      similaritiesOfNeighbours[i] = similarities[positions[i]];
    }
    float greatest = Exponential.greatest(similaritiesOfNeighbours, neighbours);
    double sum =
        exponential.exp(similaritiesOfNeighbours, neighbours, greatest, scale, probabilities);
    float inverse = (float) (1 / sum);
    double expected = 0;
    for (int i = 0; i < neighbours; i++) {
      probabilities[i] *= inverse;
      expected += (double) probabilities[i] * (similaritiesOfNeighbours[i] - greatest);
    }
    return new TeacherTargets.Row(chosen, probabilities, expected * scale - Math.log(sum));
  }
}
