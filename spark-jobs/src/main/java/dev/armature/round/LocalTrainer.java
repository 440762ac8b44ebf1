package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.StepLoss;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.round.PhaseTimes.Phase;
import dev.armature.skeleton.SkeletonSequence;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker's part of a round: some steps on its own shard, without talking to anyone. With one
 * worker and {@link Teacher#PER_STEP} this is the published algorithm, step for step: query
 * embeddings, moving average, key embeddings, losses against the queues, keys into the queues,
 * gradient, update.
 */
final class LocalTrainer {
  private final TrainingPlan plan;
  private final TrainerResources resources;

  LocalTrainer(TrainerResources resources) {
    this.plan = resources.plan();
    this.resources = resources;
  }

  /** Puts the state with which the round begins into the engine. */
  void load(ModelState state) {
    for (int m = 0; m < plan.modalities().size(); m++) {
      resources.engine().setParameters(Branch.QUERY, m, state.query().get(m).values());
      resources.engine().setParameters(Branch.KEY, m, state.key().get(m).values());
      resources.engine().setVelocity(m, state.velocity().get(m).values());
    }
  }

  /**
   * Trains for a round. The engine must hold the state with which it begins, and holds afterwards
   * the state with which this worker ends it.
   *
   * @param queues the worker's own; the keys of its steps enter them with {@link Teacher#PER_STEP}
   * @throws DivergedException if a loss is not finite
   */
  WorkerRound train(Shard shard, Round round, AlignedQueues queues) {
    PhaseTimes times = new PhaseTimes();
    EncoderEngine engine = resources.engine();
    ViewBatch queryViews = resources.queryViews();
    ViewBatch keyViews = resources.keyViews();
    int[] order =
        ShardOrder.of(plan.train(), round.epoch(), shard.worker(), shard.sequences().size());
    float rate = (float) plan.train().learningRate(round.epoch());
    int batch = plan.train().batch();
    KeyBuffer kept = new KeyBuffer(plan, round);
    List<StepLosses> losses = new ArrayList<>();
    times.start();
    for (int step = 0; step < round.steps(); step++) {
      makeViews(shard, order, (round.firstBatch() + step) * batch, round.epoch());
      times.charge(Phase.VIEWS);
      float[][] queries = engine.embedQueries(queryViews);
      times.charge(Phase.QUERIES);
      if (plan.round().teacher() == Teacher.PER_STEP) {
        engine.movingAverage((float) plan.train().keyMomentum());
      }
      float[][] keys = engine.embedKeys(keyViews);
      times.charge(Phase.KEYS);
      StepLoss loss = resources.objective().compute(queries, keys, queues, batch);
      losses.add(checked(LossTerms.of(loss, plan.modalities()), round, step));
      kept.keep(step, keys);
      if (plan.round().teacher() == Teacher.PER_STEP) {
        queues.enqueue(keys, batch);
      }
      times.charge(Phase.LOSSES);
      engine.backward(loss.gradients());
      times.charge(Phase.BACKWARD);
      engine.update(rate, (float) plan.train().momentum(), (float) plan.train().weightDecay());
      times.charge(Phase.UPDATE);
    }
    return new WorkerRound(shard.worker(), losses, kept.keys(), kept.steps(), times, host());
  }

  private void makeViews(Shard shard, int[] order, int first, int epoch) {
    for (int row = 0; row < plan.train().batch(); row++) {
      SkeletonSequence sequence = shard.sequences().get(order[first + row]);
      resources
          .views()
          .training(
              sequence,
              plan.train().seed(),
              epoch,
              resources.queryViews(),
              resources.keyViews(),
              row);
    }
  }

  private static StepLosses checked(StepLosses losses, Round round, int step) {
    if (!Double.isFinite(losses.total())) {
      throw new DivergedException(
          "the loss of step %d is %s (%s). Training has diverged: lower train.learning-rate, or raise distill.temperature.*; the last checkpoint is from before"
              .formatted(round.firstStep() + step, losses.total(), losses.terms()));
    }
    return losses;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "unknown";
    }
  }
}
