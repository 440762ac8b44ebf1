package dev.armature.job;

import dev.armature.job.Settings.InitSettings;
import dev.armature.round.FactorChange;
import dev.armature.round.LearningRate;
import dev.armature.round.Momentum;
import dev.armature.round.OuterOptimizer;
import dev.armature.round.QueueSharing;
import dev.armature.round.RateScaling;
import dev.armature.round.RoundSettings;
import dev.armature.round.Sharing;
import dev.armature.round.Teacher;
import dev.armature.round.TrainSettings;
import dev.armature.round.Wire;
import java.util.List;

/** Reads the keys under {@code round} and {@code train}. */
final class RoundReader {
  private static final double BELOW_ONE = Math.nextDown(1.0);

  private RoundReader() {}

  /** The values of {@code round.outer}. */
  enum Outer {
    AVERAGE,
    SLOWMO,
    NESTEROV
  }

  /** How training is distributed; the cores of a worker are 0 where they are to be found out. */
  static RoundSettings round(ConfigReader reader) {
    return new RoundSettings(
        reader.integer("round.workers", 1),
        reader.integer("round.cores-per-worker", 0),
        reader.integer("round.local-steps", 1),
        reader.choice("round.teacher", Teacher.class),
        new Sharing(
            outer(reader),
            reader.choice("round.momentum", Momentum.class),
            reader.choice("round.wire", Wire.class),
            reader.choice("round.queue", QueueSharing.class)));
  }

  private static OuterOptimizer outer(ConfigReader reader) {
    OuterOptimizer.SlowMo slowmo =
        new OuterOptimizer.SlowMo(
            reader.positive("round.slowmo.learning-rate"),
            reader.number("round.slowmo.momentum", 0, BELOW_ONE));
    OuterOptimizer.Nesterov nesterov =
        new OuterOptimizer.Nesterov(
            reader.positive("round.nesterov.learning-rate"),
            reader.number("round.nesterov.momentum", 0, BELOW_ONE));
    return switch (reader.choice("round.outer", Outer.class)) {
      case AVERAGE -> new OuterOptimizer.Average();
      case SLOWMO -> slowmo;
      case NESTEROV -> nesterov;
    };
  }

  /** How encoders are trained. */
  static TrainSettings train(ConfigReader reader, InitSettings init) {
    int epochs = reader.integer("train.epochs", 1);
    reader.require(
        init.epoch() < epochs,
        "init.epoch",
        "found %d, expected less than train.epochs = %d, which counts the epochs done before"
            .formatted(init.epoch(), epochs));
    return new TrainSettings(
        reader.integer("train.batch", 2),
        Math.min(init.epoch(), epochs - 1),
        init.batch(),
        epochs,
        reader.whole("train.max-steps", 0, Long.MAX_VALUE),
        rate(reader),
        reader.number("train.momentum", 0, BELOW_ONE),
        reader.number("train.weight-decay", 0, Double.MAX_VALUE),
        reader.number("distill.key-momentum", 0, 1),
        reader.whole("train.seed", Long.MIN_VALUE, Long.MAX_VALUE),
        reader.flag("train.shuffle"));
  }

  private static LearningRate rate(ConfigReader reader) {
    List<FactorChange> schedule = reader.changes("train.schedule");
    RateScaling scaling = reader.choice("train.learning-rate-scaling", RateScaling.class);
    int warmUp = reader.integer("train.warm-up-epochs", 0);
    reader.require(
        warmUp == 0 || scaling != RateScaling.NONE || reader.wrong("train.learning-rate-scaling"),
        "train.warm-up-epochs",
        "found %d, expected 0 with train.learning-rate-scaling = none: the rate is warmed up from that of one worker to the scaled one"
            .formatted(warmUp));
    return new LearningRate(reader.positive("train.learning-rate"), schedule, scaling, warmUp);
  }
}
