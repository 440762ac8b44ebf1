package dev.armature.evaluate;

import dev.armature.round.FloatBlock;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import scala.Tuple2;

/**
 * DL4J's parameter averaging, for batches that are dealt out already: a partition is what one
 * worker trains on until the next average.
 *
 * <p>DL4J would make every batch twice, to count them, and split them at random; it sums up in the
 * order in which workers finish, which is in the bits, counts a worker with one step as much as one
 * with many, and leaves its broadcasts to the garbage collector. Here averages are weighted by
 * steps and summed in the order of workers, piece by piece in as many tasks as there are workers.
 * These steps are DL4J's own extension points. For one thread at a time.
 */
final class AveragingMaster extends ParameterAveragingTrainingMaster {
  /** Floats of a piece: 4 MiB. */
  private static final int PIECE = 1 << 20;

  private transient Broadcast<NetBroadcastTuple> published;
  private int[] steps = new int[0];

  /**
   * @param batch sequences of the batches that are dealt out; DL4J would put smaller ones together
   */
  AveragingMaster(FineTuneSettings settings, int batch, LentRuntime runtime) {
    super(
        new Builder(settings.workers(), batch)
            .batchSizePerWorker(batch)
            .averagingFrequency(settings.averagingFrequency())
            .saveUpdater(true)
            .workerPrefetchNumBatches(0)
            .storageLevel(null)
            // The default writes batches to a file system, and refuses a local one on clusters.
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .repartionData(Repartition.Never)
            .trainingHooks(List.of(runtime)));
  }

  /** Says how many steps each worker takes until the next average. */
  void expect(BatchStream.Stretch stretch) {
    steps = IntStream.range(0, stretch.workers()).map(stretch::steps).toArray();
  }

  @Override
  protected void executeTrainingDirect(
      SparkComputationGraph graph, JavaRDD<MultiDataSet> trainingData) {
    try {
      doIteration(graph, trainingData, 1, 1);
    } finally {
      if (published != null) {
        published.destroy();
        published = null;
      }
    }
  }

  /** As DL4J makes it, but that the broadcast is known. */
  @Override
  public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
    ComputationGraph network = graph.getNetwork();
    published =
        graph
            .getSparkContext()
            .broadcast(
                new NetBroadcastTuple(
                    network.getConfiguration(),
                    network.params(),
                    network.getUpdater().getStateViewArray()));
    return new ParameterAveragingTrainingWorker(
        published,
        saveUpdater,
        new WorkerConfiguration(
            true,
            rddDataSetNumExamples,
            batchSizePerWorker,
            averagingFrequency,
            prefetchNumBatches,
            collectTrainingStats),
        trainingHookList,
        null,
        null);
  }

  @Override
  protected void processResults(
      SparkDl4jMultiLayer network,
      SparkComputationGraph graph,
      JavaRDD<ParameterAveragingTrainingResult> results,
      int split,
      int splits) {
    int[] weights = steps;
    List<Piece> averages =
        results
            .mapPartitionsWithIndex((worker, own) -> pieces(worker, own, weights.length), false)
            .mapToPair(piece -> piece)
            .repartitionAndSortWithinPartitions(new ByPiece(weights.length))
            .mapPartitions(pieces -> averages(pieces, weights))
            .collect();
    int parameters = Math.toIntExact(graph.getNetwork().numParams());
    float[] all = new float[averages.stream().mapToInt(piece -> piece.values().length()).sum()];
    double score = 0;
    for (Piece piece : averages) {
      float[] values = piece.values().values();
      System.arraycopy(values, 0, all, piece.number() * PIECE, values.length);
      score += piece.score();
    }
    graph.getNetwork().setParams(row(all, 0, parameters));
    if (all.length > parameters) {
      graph.getNetwork().getUpdater().setStateViewArray(row(all, parameters, all.length));
    }
    graph.setScore(score);
  }

  private static INDArray row(float[] all, int from, int end) {
    return Nd4j.create(Arrays.copyOfRange(all, from, end), new long[] {1, end - from});
  }

  /**
   * A piece of a worker's parameters and, behind them, its momentum.
   *
   * @param score of the whole, with the first piece; 0 with the others
   */
  private record Piece(int number, FloatBlock values, double score) implements Serializable {}

  /** A worker has one result, at the end of its training. */
  private static Iterator<Tuple2<Long, Piece>> pieces(
      int worker, Iterator<ParameterAveragingTrainingResult> results, int workers) {
    List<Tuple2<Long, Piece>> pieces = new ArrayList<>();
    while (results.hasNext()) {
      ParameterAveragingTrainingResult result = results.next();
      float[] parameters = result.getParameters().toFloatVector();
      float[] momentum =
          result.getUpdaterState() == null
              ? new float[0]
              : result.getUpdaterState().toFloatVector();
      float[] all = Arrays.copyOf(parameters, parameters.length + momentum.length);
      System.arraycopy(momentum, 0, all, parameters.length, momentum.length);
      for (int number = 0; number * (long) PIECE < all.length; number++) {
        int from = number * PIECE;
        float[] some = Arrays.copyOfRange(all, from, Math.min(all.length, from + PIECE));
        pieces.add(
            new Tuple2<>(
                (long) number * workers + worker,
                new Piece(number, new FloatBlock(some), number == 0 ? result.getScore() : 0)));
      }
    }
    return pieces.iterator();
  }

  /** All workers' pieces of one number come one behind the other, in the order of the workers. */
  private static Iterator<Piece> averages(Iterator<Tuple2<Long, Piece>> pieces, int[] weights) {
    double all = Arrays.stream(weights).sum();
    List<Piece> averages = new ArrayList<>();
    while (pieces.hasNext()) {
      double[] sum = new double[0];
      double score = 0;
      int number = 0;
      for (int weight : weights) {
        Piece piece = pieces.next()._2();
        sum = sum.length == 0 ? new double[piece.values().length()] : sum;
        piece.values().addTo(sum, weight / all);
        score += piece.score() * weight / all;
        number = piece.number();
      }
      float[] values = new float[sum.length];
      for (int place = 0; place < values.length; place++) {
        values[place] = (float) sum[place];
      }
      averages.add(new Piece(number, new FloatBlock(values), score));
    }
    return averages.iterator();
  }

  /** All workers' pieces of one number go to one task. */
  private static final class ByPiece extends Partitioner {
    private final int workers;

    ByPiece(int workers) {
      this.workers = workers;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object key) {
      return (int) ((Long) key / workers % workers);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByPiece same && same.workers == workers;
    }

    @Override
    public int hashCode() {
      return workers;
    }
  }
}
