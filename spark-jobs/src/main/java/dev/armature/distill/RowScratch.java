package dev.armature.distill;

import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;

/**
 * What one thread needs to work on one sequence at a time.
 *
 * @param similarities of one embedding and a whole queue
 * @param coefficients the loss's derivatives by them
 * @param teacher for keys
 * @param consensus of teachers
 * @param aggregation for keys of cluster heads
 * @param distillation for queries
 * @param mining for queries
 * @param contrast for queries
 */
record RowScratch(
    float[] similarities,
    float[] coefficients,
    Teacher teacher,
    Consensus consensus,
    NeighbourAggregation aggregation,
    NeighbouringSimilarityDistillation distillation,
    MinedPositives mining,
    ContrastiveLoss contrast) {

  static RowScratch of(DistillSettings settings, int modalities, int embedding) {
    int queue = settings.queue();
    boolean mines = settings.method() == Method.CROSCLR;
    int taught = mines ? settings.mining().positives() : settings.neighbours();
    boolean consensus = settings.topology() == Topology.CONSENSUS;
    int learned = (int) Math.min(queue, (long) taught * (consensus ? modalities : 1));
    return new RowScratch(
        new float[queue],
        new float[queue],
        new Teacher(queue, taught, settings.teacherTemperature()),
        new Consensus(consensus ? queue : 0),
        new NeighbourAggregation(settings.cluster(), queue, embedding),
        new NeighbouringSimilarityDistillation(queue, learned, settings.studentTemperature()),
        new MinedPositives(settings.mining(), queue, settings.contrastTemperature()),
        new ContrastiveLoss(settings.contrastTemperature()));
  }
}
