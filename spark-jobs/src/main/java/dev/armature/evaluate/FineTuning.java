package dev.armature.evaluate;

import dev.armature.augment.Seeds;
import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.encoder.ClassifierGraph;
import dev.armature.encoder.MomentumSgd;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/**
 * Trains an encoder and a classifier on top of it together, on Spark, by DL4J's {@link
 * SparkComputationGraph} with parameter averaging.
 *
 * <p>Between two averages every worker takes some batches, which are dealt out in turn ({@link
 * BatchStream}). Views are random crops, made on the executors when a batch is trained on, anew
 * every epoch. The same labelled sequences, settings and seed give the same bits, wherever the
 * workers run.
 */
final class FineTuning {
  private final JavaSparkContext spark;
  private final FineTuneSettings settings;
  private final int threads;

  /**
   * @param threads native threads of a task
   */
  FineTuning(JavaSparkContext spark, FineTuneSettings settings, int threads) {
    this.spark = spark;
    this.settings = settings;
    this.threads = threads;
  }

  /**
   * What comes of it.
   *
   * @param encoder laid out as the one that went in, whose heads it still has
   * @param weights of the classifier, classes × representation
   * @param bias of the classifier, by class
   * @param losses mean cross entropy of the workers' last batches, at every average
   */
  record Tuned(float[] encoder, float[] weights, float[] bias, List<Double> losses) {}

  /**
   * Trains.
   *
   * @param extraction knows the encoder's shape and how views are made
   * @param labelled rows of the training sequences, rising
   * @param seed of crops, orders and the classifier's first weights
   * @param sequencesDone is told of every average: how many sequences were trained on so far
   */
  Tuned train(
      FeatureExtraction extraction,
      Modality modality,
      float[] encoder,
      SequenceBlocks training,
      int[] labelled,
      int classes,
      long seed,
      IntConsumer sequencesDone) {
    ClassifierGraph graph = new ClassifierGraph(extraction.shape(), classes);
    int weights = classes * extraction.shape().representation();
    float[] flat = graph.flat(encoder, initial(weights, seed), new float[classes]);
    BatchStream stream = new BatchStream(settings, labelled.length);
    SparkComputationGraph network = network(graph, flat, stream.batch(), 1);
    Views views = new Views(extraction, modality, graph, stream, Seeds.combine(seed, "crops"));
    List<Double> losses = new ArrayList<>();
    for (BatchStream.Stretch stretch : stream.stretches()) {
      if (stretch.slower()) {
        network =
            slower(
                graph,
                network.getNetwork(),
                stretch.batch(),
                settings.factor(stretch.firstEpoch()));
      }
      int[][] places = new int[stretch.epochs()][];
      for (int next = 0; next < places.length; next++) {
        places[next] = places(labelled, training.rows(), stretch.firstEpoch() + next, seed);
      }
      Broadcast<int[][]> order = spark.broadcast(places);
      try {
        network.fitMultiDataSet(batches(training, order, stretch, views));
      } finally {
        order.destroy();
      }
      losses.add(network.getScore());
      sequencesDone.accept(Math.toIntExact(stretch.end()));
    }
    float[] tuned = network.getNetwork().params().toFloatVector();
    return new Tuned(
        graph.encoder(tuned, encoder), graph.weights(tuned), graph.bias(tuned), losses);
  }

  private SparkComputationGraph network(
      ClassifierGraph graph, float[] flat, int batch, double factor) {
    ComputationGraphConfiguration configuration =
        graph.configuration(
            new MomentumSgd(factor * settings.encoderLearningRate(), settings.momentum()),
            new MomentumSgd(factor * settings.classifierLearningRate(), settings.momentum()));
    return new SparkComputationGraph(
        spark,
        ClassifierGraph.network(configuration, flat),
        new AveragingMaster(settings, batch, new LentRuntime(settings.backend(), threads)));
  }

  /** The same network at another rate. DL4J's schedules count averages, and not on executors. */
  private SparkComputationGraph slower(
      ClassifierGraph graph, ComputationGraph before, int batch, double factor) {
    SparkComputationGraph network = network(graph, before.params().toFloatVector(), batch, factor);
    network
        .getNetwork()
        .getUpdater()
        .setStateViewArray(before.getUpdater().getStateViewArray().dup());
    return network;
  }

  /** The classifier's first weights. */
  static float[] initial(int length, long seed) {
    SplittableRandom random = new SplittableRandom(Seeds.combine(seed, "classifier weights"));
    float[] values = new float[length];
    for (int place = 0; place < length; place++) {
      values[place] = (float) (random.nextGaussian() * FineTuneSettings.INITIAL_DEVIATION);
    }
    return values;
  }

  /** By row of the training split its place in an epoch; −1 without a label. */
  private int[] places(int[] labelled, int rows, int epoch, long seed) {
    int[] order =
        settings.shuffle()
            ? LinearClassifier.order(
                labelled.length, Seeds.combine(Seeds.combine(seed, "order"), epoch))
            : LinearClassifier.order(labelled.length);
    int[] places = new int[rows];
    Arrays.fill(places, -1);
    for (int place = 0; place < order.length; place++) {
      places[labelled[order[place]]] = place;
    }
    return places;
  }

  /** The batches of a stretch, a partition a worker. */
  private static JavaRDD<MultiDataSet> batches(
      SequenceBlocks training,
      Broadcast<int[][]> places,
      BatchStream.Stretch stretch,
      Views views) {
    long start = stretch.start();
    long end = stretch.end();
    int firstEpoch = stretch.firstEpoch();
    int labelled = stretch.labelled();
    return training
        .ranked()
        .flatMapToPair(
            ranked -> {
              List<Tuple2<Integer, SkeletonSequence>> found = new ArrayList<>();
              for (int next = 0; next < places.value().length; next++) {
                int place = places.value()[next][ranked._1()];
                long position = (long) (firstEpoch + next) * labelled + place;
                if (place >= 0 && position >= start && position < end) {
                  found.add(new Tuple2<>((int) (position - start), ranked._2()));
                }
              }
              return found.iterator();
            })
        .repartitionAndSortWithinPartitions(new InTurn(stretch.batch(), stretch.workers()))
        .mapPartitions(sequences -> views.batches(sequences, start));
  }

  /** Deals batches out in turn. */
  private static final class InTurn extends Partitioner {
    private final int batch;
    private final int workers;

    InTurn(int batch, int workers) {
      this.batch = batch;
      this.workers = workers;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object place) {
      return (Integer) place / batch % workers;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof InTurn turn && turn.batch == batch && turn.workers == workers;
    }

    @Override
    public int hashCode() {
      return batch * 31 + workers;
    }
  }

  /** Makes batches of sequences, one at a time. */
  private static final class Views implements Serializable {
    private final FeatureExtraction.ViewRecipe recipe;
    private final Modality modality;
    private final int features;
    private final int classes;
    private final int batch;
    private final int labelled;
    private final long seed;

    Views(
        FeatureExtraction extraction,
        Modality modality,
        ClassifierGraph graph,
        BatchStream stream,
        long seed) {
      recipe = extraction.recipe();
      this.modality = modality;
      features = extraction.shape().features();
      classes = graph.classes();
      batch = stream.batch();
      labelled = stream.labelled();
      this.seed = seed;
    }

    /**
     * The batches of one worker.
     *
     * @param sequences by place in the stretch, rising
     * @param start of the stretch in the stream
     */
    Iterator<MultiDataSet> batches(
        Iterator<Tuple2<Integer, SkeletonSequence>> sequences, long start) {
      ViewGenerator generator =
          new ViewGenerator(recipe.views(), recipe.layout(), recipe.persons(), List.of(modality));
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return sequences.hasNext();
        }

        @Override
        public MultiDataSet next() {
          if (!sequences.hasNext()) {
            throw new NoSuchElementException("no batch is left");
          }
          // A partition's batches are whole, but for the stream's last.
          List<Tuple2<Integer, SkeletonSequence>> some = new ArrayList<>();
          while (some.size() < batch && sequences.hasNext()) {
            some.add(sequences.next());
          }
          ViewBatch views = generator.batch(some.size());
          int[] labels = new int[some.size()];
          for (int row = 0; row < labels.length; row++) {
            SkeletonSequence sequence = some.get(row)._2();
            int epoch = (int) ((start + some.get(row)._1()) / labelled);
            generator.downstream(sequence, seed, epoch, views, row);
            labels[row] = sequence.label();
          }
          return ClassifierGraph.batch(
              views.inputs()[0], views.frames(), features, labels, classes);
        }
      };
    }
  }
}
