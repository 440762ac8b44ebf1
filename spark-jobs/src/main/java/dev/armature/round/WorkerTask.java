package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import java.io.IOException;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;
import org.apache.spark.util.TaskFailureListener;
import scala.Tuple2;

/**
 * A worker's round as a Spark task: takes the one shard of its partition, trains, and hands out its
 * result piece by piece. Its result depends on the publication, the shard and what the worker has
 * carried on from its last round, so that Spark may run it again, anywhere.
 */
final class WorkerTask implements PairFlatMapFunction<Iterator<Shard>, ChunkKey, Contribution> {
  private final TrainingPlan plan;
  private final Publication publication;
  private final ChunkLayout chunks;
  private final int runs;

  /**
   * @param runs how many runs go on side by side in the application, at least 1
   */
  WorkerTask(TrainingPlan plan, Publication publication, ChunkLayout chunks, int runs) {
    this.plan = plan;
    this.publication = publication;
    this.chunks = chunks;
    this.runs = runs;
  }

  @Override
  public Iterator<Tuple2<ChunkKey, Contribution>> call(Iterator<Shard> partition)
      throws IOException {
    Shard shard = partition.next();
    Lease lease = new Lease(TrainerPool.borrow(plan, runs));
    TaskContext.get()
        .addTaskFailureListener((TaskFailureListener) (context, failure) -> lease.doubt());
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> lease.end());
    TrainerResources resources = lease.resources;
    LocalTrainer trainer = new LocalTrainer(resources);
    ModelState published = publication.model().value();
    Carrying carrying = Carrying.takeUp(plan, publication, shard.worker());
    trainer.load(
        new ModelState(
            published.query(), published.key(), carrying.velocity(published.velocity())));
    WorkerRound work;
    try (AlignedQueues queues = carrying.queues(runs)) {
      work = trainer.train(shard, publication.round(), queues);
      carrying.keep(resources.engine(), queues);
    }
    return new ResultPieces(
        resources.engine(),
        published,
        plan.round().sharing().wire(),
        chunks,
        publication.round(),
        work,
        carrying);
  }

  /** Resources on loan for a task; given back if the task succeeds, closed if it does not. */
  private static final class Lease {
    private final TrainerResources resources;
    private boolean doubtful;

    Lease(TrainerResources resources) {
      this.resources = resources;
    }

    void doubt() {
      doubtful = true;
    }

    void end() {
      if (doubtful) {
        resources.close();
      } else {
        TrainerPool.giveBack(resources);
      }
    }
  }
}
