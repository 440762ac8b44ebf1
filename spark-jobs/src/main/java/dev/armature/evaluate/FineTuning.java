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
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;
import scala.runtime.AbstractFunction1;

/**
 * Trains an encoder and a classifier on top of it together, on Spark, by DL4J's {@link
 * SparkComputationGraph} with parameter averaging.
 *
 * <p>Between two averages every worker takes some batches, which are dealt out in turn ({@link
 * BatchStream}); for many averages at a time the training split is gone through once. Views are
 * random crops, made on the executors when a batch is trained on, anew every epoch. The same
 * labelled sequences, settings and seed give the same bits, wherever the workers run.
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
    Network network = network(graph, flat, stream.batch(), 1);
    Views views = new Views(extraction, modality, graph, stream, Seeds.combine(seed, "crops"));
    List<Double> losses = new ArrayList<>();
    for (BatchStream.Pass pass : stream.passes(training.rows())) {
      int[][] places = new int[pass.endEpoch() - pass.firstEpoch()][];
      for (int next = 0; next < places.length; next++) {
        places[next] = places(labelled, training.rows(), pass.firstEpoch() + next, seed);
      }
      Broadcast<int[][]> order = spark.broadcast(places);
      JavaPairRDD<Position, SkeletonSequence> dealt = dealt(training, order, pass, labelled.length);
      try {
        for (int next = 0; next < pass.stretches().size(); next++) {
          BatchStream.Stretch stretch = pass.stretches().get(next);
          if (stretch.slower()) {
            network =
                slower(graph, network, stretch.batch(), settings.factor(stretch.firstEpoch()));
          }
          network.master().expect(stretch);
          network.graph().fitMultiDataSet(batches(dealt, pass, next, views));
          losses.add(network.graph().getScore());
          sequencesDone.accept(Math.toIntExact(stretch.end()));
        }
      } finally {
        order.destroy();
        dealt.rdd().cleanShuffleDependencies(false);
      }
    }
    float[] tuned = network.graph().getNetwork().params().toFloatVector();
    return new Tuned(
        graph.encoder(tuned, encoder), graph.weights(tuned), graph.bias(tuned), losses);
  }

  /** DL4J's network and what averages its workers. */
  private record Network(SparkComputationGraph graph, AveragingMaster master) {}

  private Network network(ClassifierGraph graph, float[] flat, int batch, double factor) {
    ComputationGraphConfiguration configuration =
        graph.configuration(
            new MomentumSgd(factor * settings.encoderLearningRate(), settings.momentum()),
            new MomentumSgd(factor * settings.classifierLearningRate(), settings.momentum()));
    AveragingMaster master =
        new AveragingMaster(settings, batch, new LentRuntime(settings.backend(), threads));
    return new Network(
        new SparkComputationGraph(spark, ClassifierGraph.network(configuration, flat), master),
        master);
  }

  /** The same network at another rate. DL4J's schedules count averages, and not on executors. */
  private Network slower(ClassifierGraph graph, Network before, int batch, double factor) {
    ComputationGraph old = before.graph().getNetwork();
    Network network = network(graph, old.params().toFloatVector(), batch, factor);
    network
        .graph()
        .getNetwork()
        .getUpdater()
        .setStateViewArray(old.getUpdater().getStateViewArray().dup());
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

  /**
   * The sequences of a pass, a partition for every worker of every stretch, in the order in which
   * they are trained on.
   *
   * @param places by epoch of the pass, then by row of the training split
   */
  private static JavaPairRDD<Position, SkeletonSequence> dealt(
      SequenceBlocks training, Broadcast<int[][]> places, BatchStream.Pass pass, int labelled) {
    int firstEpoch = pass.firstEpoch();
    long[] starts = pass.stretches().stream().mapToLong(BatchStream.Stretch::start).toArray();
    long end = pass.stretches().get(starts.length - 1).end();
    return training
        .ranked()
        .flatMapToPair(
            ranked -> {
              List<Tuple2<Position, SkeletonSequence>> found = new ArrayList<>();
              for (int next = 0; next < places.value().length; next++) {
                int place = places.value()[next][ranked._1()];
                long position = (long) (firstEpoch + next) * labelled + place;
                if (place >= 0 && position >= starts[0] && position < end) {
                  int at = Arrays.binarySearch(starts, position);
                  int stretch = at >= 0 ? at : -at - 2;
                  found.add(
                      new Tuple2<>(
                          new Position(stretch, (int) (position - starts[stretch])), ranked._2()));
                }
              }
              return found.iterator();
            })
        .repartitionAndSortWithinPartitions(new InTurn(pass));
  }

  /** The batches of a stretch, a partition a worker. */
  private static JavaRDD<MultiDataSet> batches(
      JavaPairRDD<Position, SkeletonSequence> dealt,
      BatchStream.Pass pass,
      int stretch,
      Views views) {
    int first = pass.firstPart(stretch);
    int end = first + pass.stretches().get(stretch).workers();
    long start = pass.stretches().get(stretch).start();
    // The other parts are not looked at.
    PartitionPruningRDD<Tuple2<Position, SkeletonSequence>> own =
        PartitionPruningRDD.create(dealt.rdd(), new Parts(first, end));
    return own.toJavaRDD().mapPartitions(sequences -> views.batches(sequences, start));
  }

  /** Whether a part is one of a stretch's. */
  private static final class Parts extends AbstractFunction1<Object, Object>
      implements Serializable {
    private final int first;
    private final int end;

    Parts(int first, int end) {
      this.first = first;
      this.end = end;
    }

    @Override
    public Object apply(Object part) {
      return (Integer) part >= first && (Integer) part < end;
    }
  }

  /**
   * Where in a pass a sequence is trained on.
   *
   * @param stretch of the pass
   * @param place in the stretch
   */
  private record Position(int stretch, int place) implements Comparable<Position>, Serializable {
    @Override
    public int compareTo(Position other) {
      return stretch == other.stretch
          ? Integer.compare(place, other.place)
          : Integer.compare(stretch, other.stretch);
    }
  }

  /** Deals the batches of every stretch out in turn. */
  private static final class InTurn extends Partitioner {
    private final int[] first;
    private final int[] workers;
    private final int batch;

    InTurn(BatchStream.Pass pass) {
      int stretches = pass.stretches().size();
      first = IntStream.rangeClosed(0, stretches).map(pass::firstPart).toArray();
      workers = pass.stretches().stream().mapToInt(BatchStream.Stretch::workers).toArray();
      batch = pass.stretches().get(0).batch();
    }

    @Override
    public int numPartitions() {
      return first[workers.length];
    }

    @Override
    public int getPartition(Object key) {
      Position position = (Position) key;
      int stretch = position.stretch();
      return first[stretch] + position.place() / batch % workers[stretch];
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof InTurn turn
          && turn.batch == batch
          && Arrays.equals(turn.first, first)
          && Arrays.equals(turn.workers, workers);
    }

    @Override
    public int hashCode() {
      return batch * 31 + Arrays.hashCode(workers);
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
        Iterator<Tuple2<Position, SkeletonSequence>> sequences, long start) {
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
          List<Tuple2<Position, SkeletonSequence>> some = new ArrayList<>();
          while (some.size() < batch && sequences.hasNext()) {
            some.add(sequences.next());
          }
          ViewBatch views = generator.batch(some.size());
          int[] labels = new int[some.size()];
          for (int row = 0; row < labels.length; row++) {
            SkeletonSequence sequence = some.get(row)._2();
            int epoch = (int) ((start + some.get(row)._1().place()) / labelled);
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
