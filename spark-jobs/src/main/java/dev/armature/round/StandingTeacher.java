package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.StepObjective;
import dev.armature.distill.StepTargets;
import dev.armature.round.PhaseTimes.Phase;

/**
 * {@link Teacher#PER_ROUND}: the key encoders and the queues stand still for the round, so its keys
 * and what they teach are computed ahead, many steps in one batch. The key encoders' input norm
 * then takes its statistics over that batch.
 */
final class StandingTeacher implements StepKeys {
  /**
   * Enough for a device to be busy, few enough for a worker's memory: of NTU's, some 30 MB for each
   * of the two batches of views, and as much in the key encoders' input norm.
   */
  private static final int SEQUENCES_AT_ONCE = 256;

  private final TrainerResources resources;
  private final StepObjective objective;
  private final StepViews views;
  private final AlignedQueues queues;
  private final PhaseTimes times;
  private final int steps;
  private final int batch;
  private final int stepsAtOnce;
  private final ViewBatch one;
  private ViewBatch queryViews;
  private float[][] keys;
  private StepTargets targets;

  StandingTeacher(
      TrainerResources resources,
      StepObjective objective,
      StepViews views,
      AlignedQueues queues,
      PhaseTimes times,
      int steps) {
    this.resources = resources;
    this.objective = objective;
    this.views = views;
    this.queues = queues;
    this.times = times;
    this.steps = steps;
    this.batch = resources.plan().train().batch();
    this.stepsAtOnce = stepsAtOnce(batch);
    this.one = resources.stepBatch();
  }

  /** How many steps' keys are computed at once. */
  static int stepsAtOnce(int batch) {
    return Math.max(1, SEQUENCES_AT_ONCE / batch);
  }

  @Override
  public ViewBatch queryViews(int step) {
    if (step % stepsAtOnce == 0) {
      lookAhead(step, Math.min(stepsAtOnce, steps - step));
    }
    int length = batch * one.features();
    for (int m = 0; m < one.inputs().length; m++) {
      for (int frame = 0; frame < one.frames(); frame++) {
        System.arraycopy(
            queryViews.inputs()[m],
            queryViews.offset(frame, place(step)),
            one.inputs()[m],
            one.offset(frame, 0),
            length);
      }
    }
    times.charge(Phase.VIEWS);
    return one;
  }

  private void lookAhead(int step, int count) {
    queryViews = resources.batch(count * batch);
    ViewBatch keyViews = resources.batch(count * batch);
    views.make(step, count, queryViews, keyViews);
    times.charge(Phase.VIEWS);
    keys = resources.engine().embedKeys(keyViews);
    times.charge(Phase.KEYS);
    targets = objective.teach(keys, queues, count * batch);
    times.charge(Phase.LOSSES);
  }

  /** A step's first sequence in what was computed ahead. */
  private int place(int step) {
    return step % stepsAtOnce * batch;
  }

  @Override
  public float[][] keys(int step) {
    int heads = objective.streams().heads();
    int length = batch * resources.plan().encoder().embedding();
    int perHead = keys[0].length / heads;
    int start = place(step) / batch * length;
    float[][] own = new float[keys.length][heads * length];
    for (int m = 0; m < own.length; m++) {
      for (int head = 0; head < heads; head++) {
        System.arraycopy(keys[m], head * perHead + start, own[m], head * length, length);
      }
    }
    return own;
  }

  @Override
  public StepTargets targets(int step) {
    return targets.slice(place(step), batch);
  }

  @Override
  public void done(float[][] byStream) {}
}
