package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.StepLoss;
import dev.armature.distill.StepObjective;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.round.PhaseTimes.Phase;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A worker's part of a round: some steps on its own shard, without talking to anyone. With one
 * worker and {@link Teacher#PER_STEP} this is the published algorithm, step for step: query
 * embeddings, moving average, key embeddings, losses against the queues, keys into the queues,
 * gradient, update.
 */
final class LocalTrainer {
  /** Asked for once: without a name server the answer takes seconds. */
  private static final String HOST = host();

  private final TrainingPlan plan;
  private final TrainerResources resources;

  LocalTrainer(TrainerResources resources) {
    this.plan = resources.plan();
    this.resources = resources;
  }

  /**
   * Puts the state with which the round begins into the engine; without momentum buffers, they are
   * 0.
   */
  void load(ModelState state) {
    List<FloatBlock> velocity = state.velocity();
    if (velocity.isEmpty()) {
      FloatBlock zero = new FloatBlock(new float[state.query().get(0).values().length]);
      velocity = Collections.nCopies(plan.modalities().size(), zero);
    }
    for (int m = 0; m < plan.modalities().size(); m++) {
      resources.engine().setParameters(Branch.QUERY, m, state.query().get(m).values());
      resources.engine().setParameters(Branch.KEY, m, state.key().get(m).values());
      resources.engine().setVelocity(m, velocity.get(m).values());
    }
  }

  /**
   * Trains for a round. The engine must hold the state with which it begins, and holds afterwards
   * the state with which this worker ends it.
   *
   * <p>A loss that is not finite is reported like any other: the coordinator ends the run, which a
   * failing task would have Spark try again.
   *
   * @param queues the worker's own; the keys of its steps enter them with {@link Teacher#PER_STEP},
   *     and with {@link QueueSharing#LOCAL} they have entered in the end
   */
  WorkerRound train(Shard shard, Round round, AlignedQueues queues) {
    PhaseTimes times = new PhaseTimes();
    KeyBuffer kept = new KeyBuffer(plan, round);
    List<StepLosses> losses = new ArrayList<>();
    times.start();
    for (Round part : round.byEpoch()) {
      train(shard, part, queues, times, kept, losses);
    }
    WorkerActivity.roundDone(times);
    if (plan.round().sharing().queues() == QueueSharing.SHARED) {
      return new WorkerRound(
          shard.worker(), losses, kept.keys(), kept.firstStep(), kept.steps(), times, HOST);
    }
    if (plan.round().teacher() == Teacher.PER_ROUND) {
      queues.skip((long) kept.firstStep() * plan.train().batch());
      queues.enqueue(kept.arrays(), kept.steps() * plan.train().batch());
    }
    return new WorkerRound(shard.worker(), losses, List.of(), 0, 0, times, HOST);
  }

  /** The steps of a round that are of one epoch. */
  private void train(
      Shard shard,
      Round part,
      AlignedQueues queues,
      PhaseTimes times,
      KeyBuffer kept,
      List<StepLosses> losses) {
    EncoderEngine engine = resources.engine();
    StepViews views = resources.views(shard, part);
    StepObjective objective = resources.objective(part.epoch());
    StepKeys teaching =
        switch (plan.round().teacher()) {
          case PER_STEP -> new MovingTeacher(resources, objective, views, queues, times);
          case PER_ROUND ->
              new StandingTeacher(resources, objective, views, queues, times, part.steps());
        };
    int batch = plan.train().batch();
    for (int step = 0; step < part.steps(); step++) {
      float[][] queries = engine.embedQueries(teaching.queryViews(step));
      times.charge(Phase.QUERIES);
      float[][] keys = teaching.keys(step);
      StepLoss loss = objective.compute(queries, keys, teaching.targets(step), queues, batch);
      losses.add(LossTerms.of(loss, plan.modalities()));
      float[][] byStream = objective.streams().split(keys);
      kept.keep(losses.size() - 1, byStream);
      teaching.done(byStream);
      times.charge(Phase.LOSSES);
      engine.backward(loss.gradients());
      times.charge(Phase.BACKWARD);
      engine.update(
          (float) plan.train().learningRate(part, step),
          (float) plan.train().momentum(),
          (float) plan.train().weightDecay());
      times.charge(Phase.UPDATE);
      WorkerActivity.stepDone(batch);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "unknown";
    }
  }
}
