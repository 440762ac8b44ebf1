package dev.armature.round;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * Averages the workers' parameters, piece by piece, weighted by the steps each has done. Runs in
 * the cluster, on pieces sorted by {@link ChunkKey#ORDER}: the sum is taken in the order of the
 * workers, in double precision, and one piece is held at a time.
 */
final class Averaging
    implements FlatMapFunction<Iterator<Tuple2<ChunkKey, Contribution>>, Averaging.Outcome> {

  /** What reaches the driver: one average a piece, and one account of all workers' round. */
  sealed interface Outcome extends java.io.Serializable {
    /** The average of one piece. */
    record Piece(int chunk, FloatBlock values) implements Outcome {}

    /** The account of all workers. */
    record Account(RoundAccount account) implements Outcome {}
  }

  private final Round round;
  private final int batch;
  private final int queue;

  /**
   * @param batch sequences a step and worker
   * @param queue keys in a queue
   */
  Averaging(Round round, int batch, int queue) {
    this.round = round;
    this.batch = batch;
    this.queue = queue;
  }

  @Override
  public Iterator<Outcome> call(Iterator<Tuple2<ChunkKey, Contribution>> sorted) {
    List<Outcome> outcomes = new ArrayList<>();
    List<WorkerRound> accounts = new ArrayList<>();
    Sum sum = null;
    while (sorted.hasNext()) {
      Tuple2<ChunkKey, Contribution> next = sorted.next();
      ChunkKey key = next._1();
      Contribution contribution = next._2();
      if (contribution.round() != round.index()) {
        throw new IllegalStateException(
            "worker %d sent a result of round %d in round %d; it is refused"
                .formatted(key.worker(), contribution.round(), round.index()));
      }
      if (contribution instanceof Contribution.Yield yield) {
        requireNext("the accounts", key.worker(), accounts.size());
        accounts.add(yield.work());
      } else if (contribution instanceof Contribution.Parameters parameters) {
        if (sum == null || sum.chunk != key.chunk()) {
          finish(sum, outcomes);
          sum = new Sum(key.chunk(), parameters.values().length());
        }
        sum.add(key.worker(), parameters);
      }
    }
    finish(sum, outcomes);
    if (!accounts.isEmpty()) {
      requireAll("the accounts", accounts.size());
      outcomes.add(new Outcome.Account(RoundAccount.of(round, accounts, batch, queue)));
    }
    return outcomes.iterator();
  }

  private void requireAll(String what, int workers) {
    if (workers != round.workers()) {
      throw new IllegalStateException(
          "%s of round %d came from %d workers, expected %d"
              .formatted(what, round.index(), workers, round.workers()));
    }
  }

  private static void requireNext(String what, int worker, int expected) {
    if (worker != expected) {
      throw new IllegalStateException(
          "%s: worker %d's part came where worker %d's was expected"
              .formatted(what, worker, expected));
    }
  }

  private void finish(Sum sum, List<Outcome> outcomes) {
    if (sum == null) {
      return;
    }
    requireAll("piece " + sum.chunk, sum.workers);
    outcomes.add(new Outcome.Piece(sum.chunk, new FloatBlock(sum.mean())));
  }

  private static final class Sum {
    private final int chunk;
    private final double[] values;
    private long steps;
    private int workers;

    Sum(int chunk, int length) {
      this.chunk = chunk;
      this.values = new double[length];
    }

    void add(int worker, Contribution.Parameters parameters) {
      requireNext("piece " + chunk, worker, workers);
      parameters.values().addTo(values, parameters.steps());
      steps += parameters.steps();
      workers++;
    }

    float[] mean() {
      float[] mean = new float[values.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (values[i] / steps);
      }
      return mean;
    }
  }
}
