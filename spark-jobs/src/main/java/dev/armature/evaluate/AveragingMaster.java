package dev.armature.evaluate;

import dev.armature.round.FloatBlock;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import scala.Tuple2;

/**
 * DL4J's parameter averaging, for batches that are dealt out already: a partition is what one
 * worker trains on until the next average.
 *
 * <p>DL4J would make every batch twice, to count them, and split them at random; and it sums up in
 * the order in which workers finish, which is in the bits. Here workers are summed in their order.
 * These steps are DL4J's own extension points.
 */
final class AveragingMaster extends ParameterAveragingTrainingMaster {

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

  @Override
  protected void executeTrainingDirect(
      SparkComputationGraph graph, JavaRDD<MultiDataSet> trainingData) {
    doIteration(graph, trainingData, 1, 1);
  }

  @Override
  protected void processResults(
      SparkDl4jMultiLayer network,
      SparkComputationGraph graph,
      JavaRDD<ParameterAveragingTrainingResult> results,
      int split,
      int splits) {
    JavaRDD<ParameterAveragingTrainingResult> inOrder =
        results
            .mapPartitionsWithIndex(AveragingMaster::numbered, false)
            .mapToPair(numbered -> numbered)
            .repartitionAndSortWithinPartitions(new HashPartitioner(1))
            .values()
            .map(WorkerResult::result);
    super.processResults(network, graph, inOrder, split, splits);
  }

  private static Iterator<Tuple2<Integer, WorkerResult>> numbered(
      Integer worker, Iterator<ParameterAveragingTrainingResult> results) {
    // A worker has one result, at the end of its training.
    List<Tuple2<Integer, WorkerResult>> numbered = new ArrayList<>();
    results.forEachRemaining(result -> numbered.add(new Tuple2<>(worker, WorkerResult.of(result))));
    return numbered.iterator();
  }

  /** DL4J's result of a worker, which is not serializable, on its way to the sum. */
  private record WorkerResult(FloatBlock parameters, FloatBlock momentum, double score)
      implements Serializable {

    static WorkerResult of(ParameterAveragingTrainingResult result) {
      return new WorkerResult(
          block(result.getParameters()), block(result.getUpdaterState()), result.getScore());
    }

    private static FloatBlock block(INDArray vector) {
      return new FloatBlock(vector.toFloatVector());
    }

    ParameterAveragingTrainingResult result() {
      return new ParameterAveragingTrainingResult(
          row(parameters), row(momentum), score, null, null, null);
    }

    private static INDArray row(FloatBlock block) {
      return Nd4j.create(block.values(), new long[] {1, block.length()});
    }
  }
}
