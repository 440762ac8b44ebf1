package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.QueueSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The coordinator's queues and what of them has been broadcast. A new base is published once the
 * updates since the last one outweigh it. Used by the driver's thread alone.
 */
final class QueuePublisher implements AutoCloseable {
  private final JavaSparkContext spark;
  private final AlignedQueues queues;
  private final List<Broadcast<QueueUpdate>> updates = new ArrayList<>();
  private Broadcast<QueueSnapshot> base;
  private int baseRound;
  private long updatedKeys;
  private long published;

  QueuePublisher(JavaSparkContext spark, QueueSnapshot start, int round) {
    this.spark = spark;
    this.queues = AlignedQueues.of(start);
    this.base = spark.broadcast(start);
    this.published = RoundTraffic.published(spark.sc(), base);
    this.baseRound = round;
  }

  /**
   * The publication of a round, which must be the next one.
   *
   * @param carried where the workers' own states lie
   * @param carryTo where they put them for the next round
   */
  Publication publish(
      String run,
      Round round,
      Broadcast<ModelState> model,
      CarriedStates carried,
      CarriedStates carryTo) {
    if (updatedKeys > queues.capacity()) {
      withdraw();
      base = spark.broadcast(queues.snapshot());
      published += RoundTraffic.published(spark.sc(), base);
      baseRound = round.index();
    }
    return new Publication(run, round, model, base, baseRound, updates, carried, carryTo);
  }

  private void withdraw() {
    base.destroy();
    updates.forEach(Broadcast::destroy);
    updates.clear();
    updatedKeys = 0;
  }

  /** Enqueues the keys of a round, and broadcasts them. */
  void enqueue(QueueUpdate update) {
    if (update.count() == 0) {
      // Nothing new: the base serves the next round as it is.
      baseRound++;
      return;
    }
    update.applyTo(queues);
    Broadcast<QueueUpdate> broadcast = spark.broadcast(update);
    published += RoundTraffic.published(spark.sc(), broadcast);
    updates.add(broadcast);
    updatedKeys += update.count();
  }

  /** Bytes that were broadcast since the last call. */
  long drainPublished() {
    long drained = published;
    published = 0;
    return drained;
  }

  QueueSnapshot snapshot() {
    return queues.snapshot();
  }

  @Override
  public void close() {
    withdraw();
    queues.close();
  }
}
