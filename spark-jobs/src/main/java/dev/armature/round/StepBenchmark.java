package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import dev.armature.encoder.DeviceMeter;
import dev.armature.skeleton.SkeletonSequence;
import java.util.List;
import java.util.Optional;

/**
 * Training steps of one worker without a cluster around them, for measuring: from augmentation to
 * update, both encoders, all modalities, losses, queues. Exactly what a worker does in a round.
 * Used by one thread.
 */
public final class StepBenchmark implements AutoCloseable {
  private final TrainerResources resources;
  private final LocalTrainer trainer;
  private final Shard shard;
  private final AlignedQueues queues;

  /**
   * Prepares a worker in the initial state of a plan.
   *
   * @param sequences at least one batch; every round takes the first batches of its epoch
   */
  public StepBenchmark(TrainingPlan plan, List<SkeletonSequence> sequences) {
    resources = new TrainerResources(plan);
    trainer = new LocalTrainer(resources);
    shard = new Shard(0, List.copyOf(sequences));
    TrainingState initial = TrainingState.initial(plan);
    trainer.load(initial.model());
    queues = AlignedQueues.of(initial.queues());
  }

  /**
   * Takes steps.
   *
   * @param round its number, which decides on the views
   * @param steps at most as many as there are batches
   * @return the time they took, by phase
   */
  public PhaseTimes run(int round, int steps) {
    return trainer.train(shard, new Round(round, round, 0, 0, steps, 1, steps), queues).phases();
  }

  /** Measures the device that computes the encoders; empty where none does. */
  public Optional<DeviceMeter> meter() {
    return resources.engine().meter();
  }

  @Override
  public void close() {
    queues.close();
    resources.close();
  }
}
