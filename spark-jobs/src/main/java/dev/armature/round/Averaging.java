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

  /** What reaches the driver: one average a piece, and every worker's account of its round. */
  sealed interface Outcome extends java.io.Serializable {
    /** The average of one piece. */
    record Piece(int chunk, FloatBlock values) implements Outcome {}

    /** A worker's account, passed through. */
    record Account(WorkerRound work) implements Outcome {}
  }

  private final int round;
  private final int workers;

  Averaging(int round, int workers) {
    this.round = round;
    this.workers = workers;
  }

  @Override
  public Iterator<Outcome> call(Iterator<Tuple2<ChunkKey, Contribution>> sorted) {
    List<Outcome> outcomes = new ArrayList<>();
    Sum sum = null;
    while (sorted.hasNext()) {
      Tuple2<ChunkKey, Contribution> next = sorted.next();
      ChunkKey key = next._1();
      Contribution contribution = next._2();
      if (contribution.round() != round) {
        throw new IllegalStateException(
            "worker %d sent a result of round %d in round %d; it is refused"
                .formatted(key.worker(), contribution.round(), round));
      }
      if (contribution instanceof Contribution.Yield yield) {
        outcomes.add(new Outcome.Account(yield.work()));
      } else if (contribution instanceof Contribution.Parameters parameters) {
        if (sum == null || sum.chunk != key.chunk()) {
          finish(sum, outcomes);
          sum = new Sum(key.chunk(), parameters.values().values().length);
        }
        sum.add(key.worker(), parameters);
      }
    }
    finish(sum, outcomes);
    return outcomes.iterator();
  }

  private void finish(Sum sum, List<Outcome> outcomes) {
    if (sum == null) {
      return;
    }
    if (sum.workers != workers) {
      throw new IllegalStateException(
          "piece %d of round %d came from %d workers, expected %d"
              .formatted(sum.chunk, round, sum.workers, workers));
    }
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
      if (worker != workers) {
        throw new IllegalStateException(
            "piece %d: worker %d's part came where worker %d's was expected"
                .formatted(chunk, worker, workers));
      }
      float[] added = parameters.values().values();
      double weight = parameters.steps();
      for (int i = 0; i < values.length; i++) {
        values[i] += weight * added[i];
      }
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
