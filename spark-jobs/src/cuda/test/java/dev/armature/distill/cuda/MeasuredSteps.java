package dev.armature.distill.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.ClusterSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.MiningSettings;
import dev.armature.distill.StepLoss;
import dev.armature.distill.StepObjective;
import dev.armature.encoder.DeviceMeter;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EncoderWork;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.cuda.RecordedSteps;
import dev.armature.skeleton.Modality;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Times whole training steps at full size by the GPU's own clock, augmentation apart: {@code
 * MeasuredSteps EXECUTION}, as {@link RecordedSteps#execution} names it. Ends with the median in
 * seconds.
 */
public final class MeasuredSteps {
  private static final List<Modality> THREE =
      List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);
  private static final int BATCH = 64;
  private static final int FRAMES = 64;
  private static final int QUEUE = 16384;
  private static final int NEIGHBOURS = 8192;
  private static final int WARM_UP = 10;
  private static final int STEPS = 20;
  private static final EncoderShape SHAPE =
      new EncoderShape(150, 1024, 3, 128, 1, Recurrence.LOCKSTEP);

  private MeasuredSteps() {}

  /** See the class. */
  public static void main(String[] arguments) {
    DistillSettings settings =
        new DistillSettings(
            Method.CMD,
            QUEUE,
            NEIGHBOURS,
            1,
            0.07,
            0.05,
            0.1,
            Topology.PAIRWISE,
            MiningSettings.PUBLISHED,
            ClusterSettings.DEFAULT);
    try (EncoderEngine engine =
            RecordedSteps.open(SHAPE, 3, RecordedSteps.execution(arguments[0]));
        StepObjective objective =
            new DeviceObjectives()
                .open(
                    settings,
                    THREE,
                    SHAPE.embedding(),
                    EngineSettings.of(EncoderBackend.CUDNN, 1));
        AlignedQueues queues = AlignedQueues.random(3, QUEUE, SHAPE.embedding(), 1);
        DeviceMeter meter = engine.meter().orElseThrow()) {
      // Zeros would be multiplied faster than numbers.
      new EngineComparison(SHAPE, 3, FRAMES, BATCH, 1).run(engine);
      double product = meter.productRate();
      double copy = meter.copyRate();
      ViewBatch views = views();
      double[] seconds = new double[STEPS];
      for (int step = -WARM_UP; step < STEPS; step++) {
        meter.start();
        take(engine, objective, queues, views);
        meter.stop();
        double passed = meter.seconds();
        if (step >= 0) {
          seconds[step] = passed;
        }
      }
      Arrays.sort(seconds);
      double median = seconds[STEPS / 2];
      double operations = EncoderWork.step(SHAPE, 3, BATCH, FRAMES);
      double bytes = EncoderWork.leastBytes(SHAPE, 3, BATCH, FRAMES, QUEUE);
      System.out.printf(
          "%s: %.0f GFLOP/s, %.3f of a large product's %.0f; %.3f of the bytes of a copy, %.0f GB/s; %.1f of %.1f GB taken; fastest %.2f ms, median of %d steps in seconds: %.6f%n",
          arguments[0],
          operations * 1e-9 / median,
          operations / median / product,
          product * 1e-9,
          bytes / median / copy,
          copy * 1e-9,
          (meter.bytes() - meter.bytesFree()) * 1e-9,
          meter.bytes() * 1e-9,
          seconds[0] * 1e3,
          STEPS,
          median);
    }
  }

  private static ViewBatch views() {
    ViewBatch views = ViewBatch.zeros(THREE, FRAMES, BATCH, SHAPE.features());
    SplittableRandom random = new SplittableRandom(1);
    for (float[] input : views.inputs()) {
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextDouble(-1, 1);
      }
    }
    return views;
  }

  private static void take(
      EncoderEngine engine, StepObjective objective, AlignedQueues queues, ViewBatch views) {
    float[][] queries = engine.embedQueries(views);
    engine.movingAverage(0.999);
    float[][] keys = engine.embedKeys(views);
    StepLoss loss =
        objective.compute(
            queries, keys, objective.teach(keys, queues, BATCH), queues, BATCH);
    queues.enqueue(keys, BATCH);
    engine.backward(loss.gradients());
    engine.update(0.01f, 0.9f, 1e-4f);
  }
}
