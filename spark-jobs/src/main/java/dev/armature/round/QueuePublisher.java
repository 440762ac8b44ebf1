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

  QueuePublisher(JavaSparkContext spark, QueueSnapshot start, int round) {
    this.spark = spark;
    this.queues = AlignedQueues.of(start);
    this.base = spark.broadcast(start);
    this.baseRound = round;
  }

  /** The publication of a round, which must be the next one. */
  Publication publish(String run, Round round, Broadcast<ModelState> model) {
    if (updatedKeys > queues.capacity()) {
      withdraw();
      base = spark.broadcast(queues.snapshot());
      baseRound = round.index();
    }
    return new Publication(run, round, model, base, baseRound, updates);
  }

  private void withdraw() {
    base.destroy();
    updates.forEach(Broadcast::destroy);
    updates.clear();
    updatedKeys = 0;
  }

  /**
   * Enqueues the keys of a round in the canonical order: by step, then by worker.
   *
   * @param workers the accounts of all workers, by worker
   * @param batch keys a step and worker
   */
  void enqueue(Round round, List<WorkerRound> workers, int batch) {
    int steps = workers.get(0).keySteps();
    int count = steps * workers.size() * batch;
    List<FloatBlock> ordered = new ArrayList<>();
    for (int stream = 0; stream < workers.get(0).keys().size(); stream++) {
      int length = workers.get(0).keys().get(stream).values().length / steps;
      float[] keys = new float[length * steps * workers.size()];
      int place = 0;
      for (int step = 0; step < steps; step++) {
        for (WorkerRound worker : workers) {
          System.arraycopy(worker.keys().get(stream).values(), step * length, keys, place, length);
          place += length;
        }
      }
      ordered.add(new FloatBlock(keys));
    }
    long skipped = (long) workers.get(0).keysFrom() * workers.size() * batch;
    QueueUpdate update = new QueueUpdate(round.index(), ordered, skipped, count);
    update.applyTo(queues);
    updates.add(spark.broadcast(update));
    updatedKeys += count;
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
