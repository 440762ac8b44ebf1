package dev.armature.round;

import static dev.armature.encoder.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.AugmentSettings;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.EncoderShape;
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
 * Fifty training steps of three modalities, from sequences to weights, as the published model in
 * PyTorch takes them in double precision (round_oracle.py): views, moving average, both encoders,
 * losses, queues that wrap around within a batch, gradients, momentum and weight decay.
 *
 * <p>Within one step, the sums that decide the tolerance are the recurrent layers' over 12 frames
 * of 12 to 30 products each and the norm's over 48 rows; the losses' own sums are double. Divided
 * by temperatures of 0.05 to 0.1, an error of 1e-7 in a similarity is one of 2e-6 in a logarithm.
 * Over 50 steps the weights' errors feed back through the queues.
 */
class LocalTrainerOracleTest {
  private static final List<Modality> MODALITIES =
      List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);
  private static final int MIDDLE = 25;
  private static final EncoderShape SHAPE = new EncoderShape(24, 6, 3, 6, 1, Recurrence.LOCKSTEP);

  private final TorchFixture torch = TorchFixture.of(getClass(), "steps.bin");

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 3"})
  void fifty_steps_are_those_of_pytorch(int threads, int localSteps) {
    assertTraining(plan(threads, localSteps), "start.", 0, 27);
  }

  @Test
  void so_are_those_from_the_middle_with_its_momentum_and_queues() {
    assertTraining(plan(1, 5), "middle.", MIDDLE, 27 + MIDDLE * 4);
  }

  private void assertTraining(TrainingPlan plan, String state, int done, long enqueued) {
    List<SkeletonSequence> sequences = sequences();
    Shard shard = new Shard(0, sequences);
    RoundSchedule schedule = new RoundSchedule(sequences.size(), plan.train(), plan.round());
    try (TrainerResources resources = new TrainerResources(plan);
        AlignedQueues queues = AlignedQueues.of(queues(state, enqueued))) {
      LocalTrainer trainer = new LocalTrainer(resources);
      trainer.load(model(state));
      for (int r = 0; r < schedule.rounds(); r++) {
        Round round = schedule.round(r);
        if (round.firstStep() >= done) {
          assertTerms(trainer.train(shard, round, queues).steps(), round, done);
        }
      }
      assertFinal(resources.engine(), queues.snapshot());
    }
  }

  private void assertTerms(List<StepLosses> losses, Round round, int done) {
    for (int step = 0; step < losses.size(); step++) {
      int at = (int) round.firstStep() + step;
      double tolerance = at == done ? 1e-5 : 1e-4;
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

  private void assertFinal(EncoderEngine engine, QueueSnapshot queues) {
    int motion = MODALITIES.indexOf(Modality.MOTION);
    float[] flat = new float[new ParameterLayout(SHAPE).size()];
    engine.readParameters(Branch.QUERY, motion, flat);
    assertClose(flat, torch.flat("final.motion.query.", SHAPE), SHAPE, 1e-4, "query");
    engine.readParameters(Branch.KEY, motion, flat);
    assertClose(flat, torch.flat("final.motion.key.", SHAPE), SHAPE, 1e-4, "key");
    engine.readVelocity(motion, flat);
    assertClose(flat, torch.flat("final.motion.velocity.", SHAPE), SHAPE, 1e-4, "momentum of");
    assertClose(queues.keys()[motion], torch.values("final.motion.queue"), 1e-4, "queue");
  }

  private ModelState model(String state) {
    return new ModelState(
        blocks(m -> torch.flat(state + m + ".query.", SHAPE)),
        blocks(m -> torch.flat(state + m + ".key.", SHAPE)),
        // The optimizer makes its buffers in the first step.
        blocks(
            m ->
                state.equals("start.")
                    ? new float[new ParameterLayout(SHAPE).size()]
                    : torch.flat(state + m + ".velocity.", SHAPE)));
  }

  private static List<FloatBlock> blocks(Function<String, float[]> byModality) {
    return MODALITIES.stream()
        .map(modality -> new FloatBlock(byModality.apply(modality.label())))
        .toList();
  }

  private QueueSnapshot queues(String state, long enqueued) {
    float[][] keys =
        MODALITIES.stream()
            .map(modality -> torch.values(state + modality.label() + ".queue"))
            .toArray(float[][]::new);
    return new QueueSnapshot(30, SHAPE.embedding(), enqueued, keys);
  }

  private List<SkeletonSequence> sequences() {
    List<SkeletonSequence> sequences = new ArrayList<>();
    for (int i = 0; i < torch.shape("joints")[0]; i++) {
      sequences.add(sequence(i));
    }
    return sequences;
  }

  /** From sequences × 3 × frames × joints × persons. */
  private SkeletonSequence sequence(int index) {
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

  private static TrainingPlan plan(int threads, int localSteps) {
    return new TrainingPlan(
        MODALITIES,
        SmallRun.LAYOUT,
        2,
        SHAPE,
        EncoderBackend.ONEDNN,
        new AugmentSettings(
            AugmentSettings.Temporal.CENTRE,
            AugmentSettings.Spatial.NONE,
            12,
            12,
            0.1,
            0.5,
            0.95,
            0.6),
        new DistillSettings(Method.CMD, 30, 9, 0.7, 0.07, 0.05, 0.1),
        Stages.ONE,
        new TrainSettings(
            4,
            0,
            0,
            10,
            0,
            0.02,
            // PyTorch's epochs count from 0.
            List.of(new FactorChange(8, 0.1)),
            0.9,
            1e-3,
            0.95,
            1,
            false),
        new RoundSettings(1, threads, localSteps, Teacher.PER_STEP));
  }
}
