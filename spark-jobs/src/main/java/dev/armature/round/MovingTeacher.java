package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.StepObjective;
import dev.armature.distill.StepTargets;
import dev.armature.round.PhaseTimes.Phase;

/**
 * {@link Teacher#PER_STEP}: the key encoders move before every step's keys are computed, and these
 * enter the worker's own queues after its losses, as in the paper.
 */
final class MovingTeacher implements StepKeys {
  private final TrainerResources resources;
  private final StepObjective objective;
  private final StepViews views;
  private final AlignedQueues queues;
  private final PhaseTimes times;
  private ViewPair taken;
  private float[][] keys;

  MovingTeacher(
      TrainerResources resources,
      StepObjective objective,
      StepViews views,
      AlignedQueues queues,
      PhaseTimes times) {
    this.resources = resources;
    this.objective = objective;
    this.views = views;
    this.queues = queues;
    this.times = times;
  }

  @Override
  public ViewBatch queryViews(int step) {
    taken = views.take(step);
    times.charge(Phase.VIEWS);
    return taken.query();
  }

  @Override
  public float[][] keys(int step) {
    resources.engine().movingAverage(resources.plan().train().keyMomentum());
    keys = resources.engine().embedKeys(taken.key());
    times.charge(Phase.KEYS);
    return keys;
  }

  @Override
  public StepTargets targets(int step) {
    return objective.teach(keys, queues, resources.plan().train().batch());
  }

  @Override
  public void done(float[][] byStream) {
    queues.enqueue(byStream, resources.plan().train().batch());
  }
}
