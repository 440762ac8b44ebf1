package dev.armature.job;

import dev.armature.distill.ClusterSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.MiningSettings;
import dev.armature.distill.Neighbours;
import dev.armature.job.Settings.Use;
import dev.armature.round.Stages;

/** Reads the keys under {@code distill}. */
final class DistillReader {
  private DistillReader() {}

  /**
   * What is learned, once all of it has begun.
   *
   * @param batch sequences a step
   * @param initial whether the run starts from another one, whose queues it takes
   */
  static DistillSettings settings(ConfigReader reader, int batch, Use use, boolean initial) {
    int queue = reader.integer("distill.queue", 1);
    int neighbours = neighbours(reader, queue);
    boolean trains = use == Use.TRAINING;
    reader.require(
        neighbours <= queue || !trains,
        "distill.neighbours",
        "found %d, expected at most distill.queue = %d%s"
            .formatted(
                neighbours,
                queue,
                initial ? ", which is that of init.from: set it as the other run had it" : ""));
    reader.require(
        batch <= queue || !trains,
        "distill.queue",
        "found %d, expected at least train.batch = %d".formatted(queue, batch));
    Method method = reader.choice("distill.method", Method.class);
    Topology topology = reader.choice("distill.topology", Topology.class);
    boolean agrees = topology == Topology.PAIRWISE || !method.pairwiseOnly();
    reader.require(
        agrees,
        "distill.topology",
        "found consensus, expected pairwise: %s has no distributions to agree on"
            .formatted(method.label()));
    MiningSettings mining = mining(reader);
    boolean minesEnough = mining.positives() <= queue || method != Method.CROSCLR;
    reader.require(
        minesEnough || !trains,
        "distill.mining.positives",
        "found %d, expected at most distill.queue = %d".formatted(mining.positives(), queue));
    return new DistillSettings(
        method,
        queue,
        Math.min(neighbours, queue),
        reader.number("distill.weight", 0, Double.MAX_VALUE),
        reader.positive("distill.temperature.contrast"),
        reader.positive("distill.temperature.teacher"),
        reader.positive("distill.temperature.student"),
        agrees ? topology : Topology.PAIRWISE,
        minesEnough ? mining : MiningSettings.PUBLISHED,
        cluster(reader));
  }

  private static MiningSettings mining(ConfigReader reader) {
    return new MiningSettings(
        reader.integer("distill.mining.positives", 1),
        reader.choice("distill.mining.form", MiningSettings.Form.class),
        reader.flag("distill.mining.beside-contrast"));
  }

  private static ClusterSettings cluster(ConfigReader reader) {
    return new ClusterSettings(
        reader.number("distill.cluster.weight", 0, Double.MAX_VALUE),
        reader.integer("distill.cluster.most", 0),
        reader.number("distill.cluster.least-similarity", -1, 1),
        reader.positive("distill.cluster.temperature"),
        reader.flag("distill.cluster.excludes-neighbours"),
        reader.choice("distill.cluster.teaches", ClusterSettings.Teaches.class),
        reader.number("distill.cluster.from-instance", 0, Double.MAX_VALUE),
        reader.number("distill.cluster.from-cluster", 0, Double.MAX_VALUE),
        reader.flag("distill.cluster.cross-modal"));
  }

  /**
   * When it begins.
   *
   * @param epochs of the run
   */
  static Stages stages(ConfigReader reader, int epochs, Use use) {
    return new Stages(
        startEpoch(reader, "distill.start-epoch", epochs, use),
        startEpoch(reader, "distill.cluster.start-epoch", epochs, use),
        reader.changes("distill.schedule"));
  }

  private static int startEpoch(ConfigReader reader, String key, int epochs, Use use) {
    int epoch = reader.integer(key, 0);
    reader.require(
        epoch < epochs || use != Use.TRAINING,
        key,
        "found %d, expected less than train.epochs = %d: what is to begin then never would"
            .formatted(epoch, epochs));
    return epoch;
  }

  private static int neighbours(ConfigReader reader, int queue) {
    double value = reader.positive("distill.neighbours");
    boolean valid = Neighbours.valid(value);
    reader.require(
        valid,
        "distill.neighbours",
        "found %s, expected a whole number from 1 on, or a fraction of the queue between 0 and 1"
            .formatted(value));
    return new Neighbours(valid ? value : 1).of(queue);
  }
}
