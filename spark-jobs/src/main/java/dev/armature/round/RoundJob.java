package dev.armature.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * A round as a Spark job: workers train, pieces of their results meet where they are summed, and
 * every average goes to its place on the driver as soon as it arrives, which then forgets it. The
 * driver so holds, beside the one copy that it gathers, no more than the few pieces that are on
 * their way.
 */
final class RoundJob {
  private static final ClassTag<Outcomes> TYPE = ClassTag$.MODULE$.apply(Outcomes.class);

  private final JavaSparkContext spark;
  private final ChunkLayout chunks;
  private final ChunkPartitioner partitioner;

  RoundJob(JavaSparkContext spark, ChunkLayout chunks, int workers) {
    this.spark = spark;
    this.chunks = chunks;
    this.partitioner = new ChunkPartitioner(chunks, workers);
  }

  /** The partition of the result that is no average. */
  int accounts() {
    return partitioner.accounts();
  }

  /**
   * Trains and averages.
   *
   * @param outcome is filled
   * @param runs how many runs go on side by side in the application
   * @throws CarriedStateLostException if what a worker carries is lost
   */
  void run(
      TrainingPlan plan, Publication publication, Shards shards, int runs, RoundOutcome outcome) {
    JavaRDD<Averaging.Outcome> averages =
        shards
            .rdd()
            .mapPartitionsToPair(new WorkerTask(plan, publication, chunks, runs))
            .repartitionAndSortWithinPartitions(partitioner, ChunkKey.ORDER)
            .mapPartitions(
                new Averaging(publication.round(), plan.train().batch(), plan.distill().queue()));
    List<Object> partitions = new ArrayList<>();
    for (int partition = 0; partition < partitioner.numPartitions(); partition++) {
      partitions.add(partition);
    }
    try {
      spark
          .sc()
          .runJob(
              averages.rdd(),
              new Collecting(),
              JavaConverters.asScalaBuffer(partitions).toSeq(),
              new Taking(outcome),
              TYPE);
    } catch (Exception failed) {
      // Spark's exceptions are checked ones that its methods do not declare.
      if (CarriedStateLostException.causes(failed)) {
        throw new CarriedStateLostException(failed);
      }
      throw failed;
    }
    outcome.requireComplete();
  }

  /** The averages of one task. */
  private record Outcomes(List<Averaging.Outcome> all) implements Serializable {}

  /** In the task: all averages of its partition. */
  private static final class Collecting
      extends AbstractFunction2<TaskContext, Iterator<Averaging.Outcome>, Outcomes>
      implements Serializable {
    @Override
    public Outcomes apply(TaskContext context, Iterator<Averaging.Outcome> outcomes) {
      List<Averaging.Outcome> all = new ArrayList<>();
      while (outcomes.hasNext()) {
        all.add(outcomes.next());
      }
      return new Outcomes(all);
    }
  }

  /** On the driver, for each task that ends: one at a time, whatever thread it is. */
  private static final class Taking extends AbstractFunction2<Object, Outcomes, BoxedUnit> {
    private final RoundOutcome outcome;

    Taking(RoundOutcome outcome) {
      this.outcome = outcome;
    }

    @Override
    public BoxedUnit apply(Object partition, Outcomes outcomes) {
      outcomes.all().forEach(outcome::take);
      return BoxedUnit.UNIT;
    }
  }
}
