package dev.armature.round;

import static dev.armature.encoder.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.AugmentSettings;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.ClusterSettings;
import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.Head;
import dev.armature.distill.MiningSettings;
import dev.armature.distill.QueueSnapshot;
import dev.armature.distill.Streams;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.TorchFixture;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training steps of three modalities, from sequences to weights, as PyTorch takes them in double
 * precision: fifty of the published model (round_oracle.py), twenty of I²MD in two stages
 * (cluster_round_oracle.py). Views, moving average, both encoders, losses, queues that wrap around
 * within a batch, gradients, momentum and weight decay.
 *
 * <p>Within one step, the sums that decide the tolerance are the recurrent layers' over 12 frames
 * of 12 to 30 products each and the norm's over 48 rows; the losses' own sums are double. Divided
 * by temperatures of 0.05 to 0.1, an error of 1e-7 in a similarity is one of 2e-6 in a logarithm.
 * From step to step the weights' errors feed back through the queues.
 */
class LocalTrainerOracleTest {
  private static final List<Modality> MODALITIES =
      List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);
  private static final int MIDDLE = 25;
  private static final int CAPACITY = 30;
  private static final int ENQUEUED = 27;

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 3"})
  void fifty_steps_are_those_of_pytorch(int threads, int localSteps) {
    Oracle oracle = published(threads, localSteps);
    assertTraining(oracle, "start.", 0, ENQUEUED);
  }

  @Test
  void so_are_those_from_the_middle_with_its_momentum_and_queues() {
    assertTraining(published(1, 5), "middle.", MIDDLE, ENQUEUED + MIDDLE * 4);
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 3"})
  void twenty_steps_with_a_cluster_branch_that_distils_from_the_third_epoch_on(
      int threads, int localSteps) {
    assertTraining(clustered(threads, localSteps), "start.", 0, ENQUEUED);
  }

  /** What PyTorch computed, and the plan by which it did. */
  private record Oracle(TorchFixture torch, TrainingPlan plan) {
    EncoderShape shape() {
      return plan.encoder();
    }

    float[] flat(String prefix) {
      return torch.flat(prefix, shape());
    }
  }

  private static Oracle published(int threads, int localSteps) {
    DistillSettings distill = new DistillSettings(Method.CMD, CAPACITY, 9, 0.7, 0.07, 0.05, 0.1);
    // PyTorch's epochs count from 0.
    List<FactorChange> schedule = List.of(new FactorChange(8, 0.1));
    return new Oracle(
        TorchFixture.of(LocalTrainerOracleTest.class, "steps.bin"),
        plan(distill, Stages.ONE, 10, schedule, threads, localSteps));
  }

  private static Oracle clustered(int threads, int localSteps) {
    DistillSettings distill =
        new DistillSettings(
            Method.I2MD,
            CAPACITY,
            9,
            0.7,
            0.07,
            0.05,
            0.1,
            Topology.PAIRWISE,
            MiningSettings.PUBLISHED,
            new ClusterSettings(0.8, 4, 0.9, 0.2, true, Teaches.KEY, 0.9, 1.3, false));
    return new Oracle(
        TorchFixture.of(LocalTrainerOracleTest.class, "cluster-steps.bin"),
        plan(distill, new Stages(2, 2, List.of()), 4, List.of(), threads, localSteps));
  }

  private void assertTraining(Oracle oracle, String state, int done, long enqueued) {
    TrainingPlan plan = oracle.plan();
    List<SkeletonSequence> sequences = sequences(oracle.torch());
    Shard shard = new Shard(0, sequences);
    RoundSchedule schedule = new RoundSchedule(sequences.size(), plan.train(), plan.round());
    try (TrainerResources resources = new TrainerResources(plan);
        AlignedQueues queues = AlignedQueues.of(queues(oracle, state, enqueued))) {
      LocalTrainer trainer = new LocalTrainer(resources);
      trainer.load(model(oracle, state));
      for (int r = 0; r < schedule.rounds(); r++) {
        Round round = schedule.round(r);
        if (round.firstStep() >= done) {
          assertTerms(oracle, trainer.train(shard, round, queues).steps(), round, done);
        }
      }
      assertFinal(oracle, resources.engine(), queues.snapshot());
    }
  }

  private static void assertTerms(Oracle oracle, List<StepLosses> losses, Round round, int done) {
    TorchFixture torch = oracle.torch();
    for (int step = 0; step < losses.size(); step++) {
      assertThat(losses.get(step).mixed()).hasSize(oracle.shape().heads() == 2 ? 3 : 0);
      int at = (int) round.firstStep() + step;
      double tolerance = at == done ? 1e-5 : 1e-4;
      losses
          .get(step)
          .mixed()
          .forEach(
              (label, count) ->
                  assertThat(count).isEqualTo(torch.values("terms.mixed." + label)[at]));
      losses
          .get(step)
          .terms()
          .forEach(
              (name, value) -> {
                double expected = torch.values("terms.loss." + name)[at];
                assertThat(value)
                    .as("%s of step %d", name, at + 1)
                    .isCloseTo(expected, within(tolerance * Math.abs(expected)));
              });
    }
  }

  private static void assertFinal(Oracle oracle, EncoderEngine engine, QueueSnapshot queues) {
    int motion = MODALITIES.indexOf(Modality.MOTION);
    EncoderShape shape = oracle.shape();
    float[] flat = new float[new ParameterLayout(shape).size()];
    engine.readParameters(Branch.QUERY, motion, flat);
    assertClose(flat, oracle.flat("final.motion.query."), shape, 1e-4, "query");
    engine.readParameters(Branch.KEY, motion, flat);
    assertClose(flat, oracle.flat("final.motion.key."), shape, 1e-4, "key");
    engine.readVelocity(motion, flat);
    assertClose(flat, oracle.flat("final.motion.velocity."), shape, 1e-4, "momentum of");
    Streams streams = oracle.plan().streams();
    for (Head head : streams.each()) {
      float[] expected = oracle.torch().values("final.motion." + queueName(head));
      assertClose(queues.keys()[streams.index(motion, head)], expected, 1e-4, "queue");
    }
  }

  private static String queueName(Head head) {
    return head == Head.INSTANCE ? "queue" : "queue_cluster";
  }

  private static ModelState model(Oracle oracle, String state) {
    return new ModelState(
        blocks(m -> oracle.flat(state + m + ".query.")),
        blocks(m -> oracle.flat(state + m + ".key.")),
        // The optimizer makes its buffers in the first step.
        blocks(
            m ->
                state.equals("start.")
                    ? new float[new ParameterLayout(oracle.shape()).size()]
                    : oracle.flat(state + m + ".velocity.")));
  }

  private static List<FloatBlock> blocks(Function<String, float[]> byModality) {
    return MODALITIES.stream()
        .map(modality -> new FloatBlock(byModality.apply(modality.label())))
        .toList();
  }

  private static QueueSnapshot queues(Oracle oracle, String state, long enqueued) {
    Streams streams = oracle.plan().streams();
    float[][] keys = new float[streams.count()][];
    for (int stream = 0; stream < keys.length; stream++) {
      String label = MODALITIES.get(streams.modality(stream)).label();
      keys[stream] = oracle.torch().values(state + label + "." + queueName(streams.head(stream)));
    }
    return new QueueSnapshot(CAPACITY, oracle.shape().embedding(), enqueued, keys);
  }

  private static List<SkeletonSequence> sequences(TorchFixture torch) {
    List<SkeletonSequence> sequences = new ArrayList<>();
    for (int i = 0; i < torch.shape("joints")[0]; i++) {
      sequences.add(sequence(torch, i));
    }
    return sequences;
  }

  /** From sequences × 3 × frames × joints × persons. */
  private static SkeletonSequence sequence(TorchFixture torch, int index) {
    int[] shape = torch.shape("joints");
    int frames = (int) torch.values("frames")[index];
    int persons = (int) torch.values("persons")[index];
    float[] coordinates = new float[frames * persons * 12];
    int to = 0;
    for (int frame = 0; frame < frames; frame++) {
      for (int person = 0; person < persons; person++) {
        for (int joint = 0; joint < 4; joint++) {
          for (int axis = 0; axis < 3; axis++) {
            int from = (((index * 3 + axis) * shape[2] + frame) * 4 + joint) * 2 + person;
            coordinates[to++] = torch.values("joints")[from];
          }
        }
      }
    }
    return new SkeletonSequence("wave-" + index, 0, 1, 1, 1, frames, persons, 4, coordinates);
  }

  private static TrainingPlan plan(
      DistillSettings distill,
      Stages stages,
      int epochs,
      List<FactorChange> schedule,
      int threads,
      int localSteps) {
    return new TrainingPlan(
        MODALITIES,
        SmallRun.LAYOUT,
        2,
        new EncoderShape(24, 6, 3, 6, distill.heads(), Recurrence.LOCKSTEP),
        EncoderBackend.ONEDNN,
        GpuExecution.PLAIN,
        new AugmentSettings(
            AugmentSettings.Temporal.CENTRE,
            AugmentSettings.Spatial.NONE,
            12,
            12,
            0.1,
            0.5,
            0.95,
            0.6),
        distill,
        stages,
        new TrainSettings(4, 0, 0, epochs, 0, 0.02, schedule, 0.9, 1e-3, 0.95, 1, false),
        new RoundSettings(1, threads, localSteps, Teacher.PER_STEP));
  }
}
