package dev.armature.round;

import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockStatus;
import org.apache.spark.storage.BroadcastBlockId;
import scala.Option;

/**
 * Counts the bytes of one coordinator's rounds, from what Spark tells of its tasks; attempts that
 * failed or came to nothing count, too, where Spark tells of them. Spark's own thread tells, a
 * little later than things happen; thread-safe.
 */
final class RoundTraffic extends SparkListener {
  private static final String PROPERTY = "armature.run";

  /** Spark tells within milliseconds, unless a listener of somebody else's is stuck. */
  private static final long PATIENCE_SECONDS = 2;

  private final String run;
  private final Set<Integer> jobs = new HashSet<>();
  private final Set<Integer> stages = new HashSet<>();
  private int accounts;
  private int ended;
  private long parameters;
  private long others;
  private long shuffled;
  private long fetched;

  RoundTraffic(String run) {
    this.run = run;
  }

  /** The serialized size of a broadcast, as the driver holds it. */
  static long published(SparkContext spark, Broadcast<?> broadcast) {
    BlockManager blocks = spark.env().blockManager();
    long bytes = 0;
    Option<BlockStatus> status = piece(blocks, broadcast, 0);
    for (int piece = 1; status.isDefined(); piece++) {
      bytes += status.get().memSize() + status.get().diskSize();
      status = piece(blocks, broadcast, piece);
    }
    return bytes;
  }

  private static Option<BlockStatus> piece(BlockManager blocks, Broadcast<?> broadcast, int piece) {
    return blocks.getStatus(new BroadcastBlockId(broadcast.id(), "piece" + piece));
  }

  /**
   * The next job of the calling thread is a round's.
   *
   * @param accountsPartition the partition of its result that is no average
   */
  synchronized void begin(JavaSparkContext spark, int accountsPartition) {
    spark.setLocalProperty(PROPERTY, run);
    accounts = accountsPartition;
    jobs.clear();
    stages.clear();
    ended = 0;
    parameters = 0;
    others = 0;
    shuffled = 0;
    fetched = 0;
  }

  /**
   * The bytes of the round, once Spark has told of all of it.
   *
   * @param copy bytes of one copy of everything that is averaged
   */
  synchronized RoundBytes end(
      JavaSparkContext spark, long publishedModel, long publishedQueues, long copy) {
    spark.setLocalProperty(PROPERTY, null);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      for (long left = PATIENCE_SECONDS * 1000; ended == 0 && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    return new RoundBytes(
        publishedModel, publishedQueues, parameters, others, shuffled, fetched, copy);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    Properties properties = job.properties();
    if (properties != null && run.equals(properties.getProperty(PROPERTY))) {
      jobs.add(job.jobId());
      scala.collection.Iterator<Object> ids = job.stageIds().iterator();
      while (ids.hasNext()) {
        stages.add((Integer) ids.next());
      }
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    TaskMetrics metrics = task.taskMetrics();
    if (metrics == null || !stages.contains(task.stageId())) {
      return;
    }
    shuffled += metrics.shuffleWriteMetrics().bytesWritten();
    fetched += metrics.shuffleReadMetrics().remoteBytesRead();
    if (task.taskType().equals("ResultTask")) {
      if (task.taskInfo().partitionId() == accounts) {
        others += metrics.resultSize();
      } else {
        parameters += metrics.resultSize();
      }
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    if (jobs.contains(job.jobId())) {
      ended++;
      notifyAll();
    }
  }
}
