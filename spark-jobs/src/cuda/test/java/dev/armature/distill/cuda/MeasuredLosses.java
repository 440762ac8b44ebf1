package dev.armature.distill.cuda;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.ClusterSettings;
import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.MiningSettings;
import dev.armature.distill.StepLoss;
import dev.armature.distill.StepObjective;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.cuda.HostDevice;
import dev.armature.skeleton.Modality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The losses on a GPU against the same in plain Java, and their times at full size, for a machine
 * that has nothing of the processor's engine: {@code check} and {@code time}. Exit code 1 where a
 * loss or a gradient is too far off.
 */
public final class MeasuredLosses {
  private static final double BOUND = 1e-4;
  private static final int EMBEDDING = 128;
  private static final List<Modality> THREE = List.of(Modality.values()).subList(0, 3);

  /** Of random directions some 1 in 80 are as similar: about as many as may be aggregated. */
  private static final ClusterSettings CLUSTER =
      new ClusterSettings(1, 32, 0.2, 0.1, true, Teaches.KEY, 1, 1, true);

  private MeasuredLosses() {}

  /** See the class. */
  public static void main(String[] arguments) {
    boolean sound =
        switch (arguments[0]) {
          case "check" -> check();
          case "time" -> time();
          default -> throw new IllegalArgumentException("found " + arguments[0]);
        };
    System.exit(sound ? 0 : 1);
  }

  private static DistillSettings settings(Method method, Topology topology, int queue) {
    return new DistillSettings(
        method,
        queue,
        queue / 2,
        1,
        0.07,
        0.05,
        0.1,
        topology,
        MiningSettings.PUBLISHED,
        CLUSTER);
  }

  private static StepObjective onGpu(DistillSettings settings) {
    return new DeviceObjectives()
        .open(settings, THREE, EMBEDDING, EngineSettings.of(EncoderBackend.CUDNN, 1));
  }

  private static float[][] directions(int streams, int count, long seed) {
    try (AlignedQueues random = AlignedQueues.random(streams, count, EMBEDDING, seed)) {
      return random.snapshot().keys();
    }
  }

  /** Three steps, of which the last goes around the ring's end. */
  private static Map<String, float[]> run(StepObjective objective, int queue, int batch) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    int heads = objective.streams().heads();
    try (AlignedQueues queues =
        AlignedQueues.random(objective.streams().count(), queue, EMBEDDING, 1)) {
      for (int step = 0; step < 3; step++) {
        float[][] queries = directions(3, heads * batch, 10 + step);
        float[][] keys = directions(3, heads * batch, 20 + step);
        StepLoss loss =
            objective.compute(
                queries, keys, objective.teach(keys, queues, batch), queues, batch);
        for (int modality = 0; modality < 3; modality++) {
          tensors.put(
              "gradient of modality %d, step %d".formatted(modality, step),
              loss.gradients()[modality]);
        }
        loss.terms()
            .forEach(
                term ->
                    tensors.put(
                        "%s, step %d".formatted(term.name(), tensors.size()),
                        new float[] {(float) term.value()}));
        for (int modality = 0; modality < loss.mixed().length; modality++) {
          tensors.put(
              "neighbours mixed by modality %d, step %d".formatted(modality, step),
              new float[] {(float) loss.mixed()[modality]});
        }
        int count = queue / 2 - 7;
        queues.enqueue(directions(queues.modalities(), count, 30 + step), count);
      }
    }
    return tensors;
  }

  private static boolean check() {
    boolean sound = true;
    for (Method method : Method.values()) {
      for (Topology topology : Topology.values()) {
        if (topology == Topology.PAIRWISE || method.distils()) {
          DistillSettings settings = settings(method, topology, 1999);
          try (StepObjective candidate = onGpu(settings);
              StepObjective reference =
                  new DeviceObjective(HostDevice.ofJava(), settings, THREE, EMBEDDING)) {
            double worst =
                EngineComparison.compare(run(candidate, 1999, 16), run(reference, 1999, 16))
                    .stream()
                    .mapToDouble(EngineComparison.Deviation::relative)
                    .max()
                    .orElse(0);
            System.out.printf(
                "losses of %s, %s: %.2e of a tensor's length at most%n",
                method.label(), topology, worst);
            sound &= worst <= BOUND;
          }
        }
      }
    }
    return sound;
  }

  private static boolean time() {
    int batch = 64;
    for (Method method : List.of(Method.BASE, Method.CMD, Method.I2MD)) {
      DistillSettings settings = settings(method, Topology.PAIRWISE, 16384);
      try (StepObjective objective = onGpu(settings);
          AlignedQueues queues =
              AlignedQueues.random(objective.streams().count(), 16384, EMBEDDING, 1)) {
        float[][] queries = directions(3, settings.heads() * batch, 2);
        float[][] keys = directions(3, settings.heads() * batch, 3);
        for (int step = 0; step < 30; step++) {
          long began = System.nanoTime();
          objective.compute(queries, keys, objective.teach(keys, queues, batch), queues, batch);
          queues.enqueue(objective.streams().split(keys), batch);
          System.out.printf(
              "losses of %s: %.2f ms%n", method.label(), (System.nanoTime() - began) * 1e-6);
        }
      }
    }
    return true;
  }
}
