package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;
import org.apache.spark.util.TaskFailureListener;
import scala.Tuple2;

/**
 * A worker's round as a Spark task: takes the one shard of its partition, trains, and hands out its
 * result piece by piece. Its result depends on the publication and the shard alone, so that Spark
 * may run it again, anywhere.
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
  public Iterator<Tuple2<ChunkKey, Contribution>> call(Iterator<Shard> partition) {
    Shard shard = partition.next();
    Lease lease = new Lease(TrainerPool.borrow(plan, runs));
    TaskContext.get()
        .addTaskFailureListener((TaskFailureListener) (context, failure) -> lease.doubt());
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> lease.end());
    TrainerResources resources = lease.resources;
    LocalTrainer trainer = new LocalTrainer(resources);
    trainer.load(publication.model().value());
    WorkerRound work;
    try (AlignedQueues queues = QueueReplica.copy(publication, runs)) {
      work = trainer.train(shard, publication.round(), queues);
    }
    int round = publication.round().index();
    Tuple2<ChunkKey, Contribution> yield =
        new Tuple2<>(
            new ChunkKey(ChunkKey.YIELD, shard.worker()), new Contribution.Yield(round, work));
    return Stream.concat(
            Stream.of(yield),
            IntStream.range(0, chunks.count())
                .mapToObj(chunk -> piece(resources.engine(), chunk, shard.worker())))
        .iterator();
  }

  private Tuple2<ChunkKey, Contribution> piece(EncoderEngine engine, int chunk, int worker) {
    float[] values = new float[chunks.length(chunk)];
    System.arraycopy(vector(engine, chunk), chunks.offset(chunk), values, 0, values.length);
    return new Tuple2<>(
        new ChunkKey(chunk, worker),
        new Contribution.Parameters(
            publication.round().index(), publication.round().steps(), new FloatBlock(values)));
  }

  private transient float[] vector;
  private transient int vectorChunk;

  /** The whole vector a piece belongs to; read once for all its pieces, which come in order. */
  private float[] vector(EncoderEngine engine, int chunk) {
    boolean same =
        vector != null
            && chunks.kind(vectorChunk) == chunks.kind(chunk)
            && chunks.modality(vectorChunk) == chunks.modality(chunk);
    if (!same) {
      vector = vector == null ? new float[chunks.size()] : vector;
      int modality = chunks.modality(chunk);
      switch (chunks.kind(chunk)) {
        case QUERY -> engine.readParameters(Branch.QUERY, modality, vector);
        case VELOCITY -> engine.readVelocity(modality, vector);
        case KEY -> engine.readParameters(Branch.KEY, modality, vector);
      }
      vectorChunk = chunk;
    }
    return vector;
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
