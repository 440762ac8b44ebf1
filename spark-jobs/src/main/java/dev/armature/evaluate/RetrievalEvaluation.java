package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Retrieval as one Spark job: every test sequence ranks the whole training split by cosine, and
 * what has its class is relevant. A task ranks for one tile of queries ({@link ComparedSplits}).
 */
final class RetrievalEvaluation {
  /** The ranks at which precision is measured. */
  static final List<Integer> CUTOFFS = List.of(1, 5, 10);

  /** Whose whole rankings a task makes at once. */
  private static final int QUERIES = ComparedSplits.BLOCK;

  private static final int CANDIDATES = 1024;

  private final JavaSparkContext spark;
  private final int threads;

  RetrievalEvaluation(JavaSparkContext spark, int threads) {
    this.spark = spark;
    this.threads = threads;
  }

  /**
   * Measures the ranked lists of every test sequence.
   *
   * @param training by stream, rows of length 1
   * @param test by stream, rows of length 1
   * @return by stream, and last by all streams together if there are several; test sequences of
   *     classes without training sequences do not count
   */
  List<RetrievalQuality> measure(
      List<Features> training, int[] trainingLabels, List<Features> test, int[] testLabels) {
    try (ComparedSplits splits =
        new ComparedSplits(
            spark, Metric.COSINE, training, trainingLabels, test, testLabels, threads)) {
      return measure(splits);
    }
  }

  /** The same, of splits that are where tasks find them already; rows have length 1. */
  List<RetrievalQuality> measure(ComparedSplits splits) {
    int used = threads;
    List<List<List<RetrievalQuality.Query>>> answers =
        splits.ask(
            (searched, asked) ->
                new Task(
                        searched.galleries(),
                        searched.labels(),
                        asked.features(),
                        asked.labels(),
                        used)
                    .rank());
    List<RetrievalQuality> qualities = new ArrayList<>();
    for (int measure = 0; measure < answers.get(0).size(); measure++) {
      int place = measure;
      qualities.add(
          RetrievalQuality.mean(
              answers.stream().flatMap(tile -> tile.get(place).stream()).toList(), CUTOFFS));
    }
    return qualities;
  }

  private record Task(
      List<Gallery> training,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int threads) {

    /** By stream, and for all together; of each, every query. */
    List<List<RetrievalQuality.Query>> rank() {
      FloatMatrix.useThreads(threads);
      List<List<RetrievalQuality.Query>> answers = new ArrayList<>();
      for (int measure = 0; measure < (training.size() > 1 ? training.size() + 1 : 1); measure++) {
        answers.add(new ArrayList<>());
      }
      for (int first = 0; first < testLabels.length; first += QUERIES) {
        rank(first, answers);
      }
      return answers;
    }

    private void rank(int first, List<List<RetrievalQuality.Query>> answers) {
      int rows = Math.min(QUERIES, testLabels.length - first);
      int items = trainingLabels.length;
      float[] sum = new float[rows * items];
      for (int stream = 0; stream < training.size(); stream++) {
        float[] scores = scores(training.get(stream), test.get(stream), first, rows);
        answers.get(stream).addAll(ranked(scores, first, rows));
        for (int place = 0; place < sum.length; place++) {
          sum[place] += scores[place];
        }
      }
      if (training.size() > 1) {
        answers.get(training.size()).addAll(ranked(sum, first, rows));
      }
    }

    private static float[] scores(Gallery training, Features test, int first, int rows) {
      int items = training.rows();
      float[] scores = new float[rows * items];
      float[] some = new float[rows * CANDIDATES];
      try (FloatMatrix left = new FloatMatrix(rows, test.columns());
          FloatMatrix right = new FloatMatrix(CANDIDATES, training.columns());
          FloatMatrix products = new FloatMatrix(rows, CANDIDATES)) {
        left.load(test.values(), first, rows);
        for (int from = 0; from < items; from += CANDIDATES) {
          int count = Math.min(CANDIDATES, items - from);
          right.load(training.values(), from, count);
          products.product(left, rows, right, count);
          products.store(some, rows);
          for (int row = 0; row < rows; row++) {
            System.arraycopy(some, row * CANDIDATES, scores, row * items + from, count);
          }
        }
      }
      return scores;
    }

    private List<RetrievalQuality.Query> ranked(float[] scores, int first, int rows) {
      int items = trainingLabels.length;
      long[] order = new long[items];
      boolean[] relevance = new boolean[items];
      List<RetrievalQuality.Query> queries = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        FallingOrder.of(scores, row * items, order);
        for (int rank = 0; rank < items; rank++) {
          relevance[rank] = trainingLabels[(int) order[rank]] == testLabels[first + row];
        }
        queries.add(RetrievalQuality.query(relevance, CUTOFFS));
      }
      return queries;
    }
  }
}
