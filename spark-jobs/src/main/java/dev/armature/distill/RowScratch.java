package dev.armature.distill;

/**
 * What one thread needs to work on one sequence at a time.
 *
 * @param similarities of one embedding and the whole queue
 * @param coefficients the loss's derivatives by them
 * @param teacher for keys
 * @param distillation for queries
 */
record RowScratch(
    float[] similarities,
    float[] coefficients,
    Teacher teacher,
    NeighbouringSimilarityDistillation distillation) {

  static RowScratch of(DistillSettings settings) {
    int queue = settings.queue();
    int neighbours = settings.neighbours();
    return new RowScratch(
        new float[queue],
        new float[queue],
        new Teacher(queue, neighbours, settings.teacherTemperature()),
        new NeighbouringSimilarityDistillation(queue, neighbours, settings.studentTemperature()));
  }
}
