package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NeighbourSearchTest {

  @Test
  void cosine_neighbours_are_those_of_scikit_learn() throws IOException {
    Oracle oracle = new Oracle("neighbours");
    int columns = oracle.integer("columns");
    int[] trainingLabels = oracle.integers("trainingLabels");
    int[] queryLabels = oracle.integers("queryLabels");
    Features training =
        new Features(trainingLabels.length, columns, oracle.floats("training")).normalized();
    Features queries =
        new Features(queryLabels.length, columns, oracle.floats("queries")).normalized();

    Neighbours found =
        search(List.of(training), Metric.COSINE, List.of(queries), oracle.integer("neighbours"))
            .get(0);

    assertThat(found.indices()).containsExactly(oracle.integers("indices"));
    assertThat(found.similarities())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(oracle.floats("similarities"));
    int[] predicted = oracle.integers("predicted");
    for (int query = 0; query < predicted.length; query++) {
      assertThat(found.vote(query, trainingLabels, oracle.integer("classes")))
          .isEqualTo(predicted[query]);
    }
    Neighbours nearest = search(List.of(training), Metric.COSINE, List.of(queries), 1).get(0);
    long correct =
        IntStream.range(0, queryLabels.length)
            .filter(
                query ->
                    nearest.vote(query, trainingLabels, oracle.integer("classes"))
                        == queryLabels[query])
            .count();
    assertThat(100.0 * correct / queryLabels.length)
        .isCloseTo(oracle.number("nearestAccuracy"), within(1e-9));
  }

  @Property(tries = 40)
  void every_stream_and_all_together_find_what_a_plain_sort_finds(
      @ForAll @IntRange(min = 1, max = 2100) int candidates,
      @ForAll @IntRange(min = 1, max = 40) int queries,
      @ForAll @IntRange(min = 1, max = 3) int streams,
      @ForAll @IntRange(min = 1, max = 9) int wanted,
      @ForAll Metric metric,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = Math.min(wanted, candidates);
    List<Features> training = new ArrayList<>();
    List<Features> test = new ArrayList<>();
    for (int stream = 0; stream < streams; stream++) {
      int columns = 1 + random.nextInt(5);
      training.add(smallIntegers(random, candidates, columns));
      test.add(smallIntegers(random, queries, columns));
    }

    // Small integers make every product exact, so that ties are ties and not a matter of rounding.
    List<Neighbours> found = search(training, metric, test, count);

    assertThat(found).hasSize(streams == 1 ? 1 : streams + 1);
    for (int measure = 0; measure < found.size(); measure++) {
      boolean together = measure == streams;
      int first = together ? 0 : measure;
      int last = together ? streams : measure + 1;
      for (int query = 0; query < queries; query++) {
        float[] scores = plainScores(training, test, first, last, metric, query);
        int[] expected =
            IntStream.range(0, candidates)
                .boxed()
                .sorted(
                    Comparator.<Integer>comparingDouble(candidate -> -scores[candidate])
                        .thenComparing(candidate -> candidate))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
        assertThat(
                Arrays.copyOfRange(
                    found.get(measure).indices(), query * count, (query + 1) * count))
            .as("measure %d, query %d", measure, query)
            .containsExactly(expected);
      }
    }
  }

  @Property(tries = 40)
  void classes_are_ordered_by_votes_and_then_by_their_nearest_sequence(
      @ForAll @IntRange(min = 1, max = 60) int candidates,
      @ForAll @IntRange(min = 1, max = 9) int wanted,
      @ForAll Metric metric,
      @ForAll boolean crude,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int classes = 7;
    int count = Math.min(wanted, candidates);
    int[] labels = random.ints(candidates, 0, classes).toArray();
    int columns = 1 + random.nextInt(40);
    Features training = numbers(random, candidates, columns, crude);
    Features test = numbers(random, 20, columns, crude);
    Gallery gallery = new Gallery(training, metric);
    for (ScreenProducts.Opener path : paths()) {
      NeighbourTable table =
          new NeighbourSearch(List.of(gallery), labels, classes, count, 1, path)
              .tables(List.of(test), 0, 20)
              .get(0);
      assertClassesInOrder(gallery, test, labels, classes, count, table);
    }
  }

  private static void assertClassesInOrder(
      Gallery gallery, Features test, int[] labels, int classes, int count, NeighbourTable table) {
    Neighbours found = table.neighbours();
    int candidates = labels.length;
    for (int query = 0; query < 20; query++) {
      double[] scores = new double[candidates];
      for (int row = 0; row < candidates; row++) {
        scores[row] = gallery.nearness(test.values(), query * test.columns(), row);
      }
      List<Integer> order =
          IntStream.range(0, candidates)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(row -> -scores[row])
                      .thenComparing(row -> row))
              .toList();
      int[] votes = new int[classes];
      order.subList(0, count).forEach(row -> votes[labels[row]]++);
      List<Integer> expected =
          IntStream.range(0, classes)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingInt(label -> -votes[label])
                      .thenComparing(
                          label ->
                              votes[label] > 0
                                  ? -1
                                  : order.stream()
                                      .filter(row -> labels[row] == label)
                                      .findFirst()
                                      .map(order::indexOf)
                                      .orElse(Integer.MAX_VALUE))
                      .thenComparing(label -> label))
              .toList();
      assertThat(found.vote(query, labels, classes)).isEqualTo(expected.get(0));
      for (int label = 0; label < classes; label++) {
        assertThat(table.rank(query, found, label)).isEqualTo(expected.indexOf(label));
      }
    }
  }

  /** Crude ones have ties, and are exact where they are rounded; others need to be looked up. */
  private static Features numbers(SplittableRandom random, int rows, int columns, boolean crude) {
    float[] values = new float[rows * columns];
    for (int place = 0; place < values.length; place++) {
      values[place] = crude ? random.nextInt(3) - 1 : (float) (100 + random.nextGaussian());
    }
    return new Features(rows, columns, values);
  }

  @Test
  void of_equally_near_sequences_the_lowest_index_is_found_first() {
    Features training = new Features(3000, 1, new float[3000]);
    Arrays.fill(training.values(), 1f);
    Features query = new Features(1, 1, new float[] {1f});

    Neighbours found = search(List.of(training), Metric.COSINE, List.of(query), 3).get(0);

    assertThat(found.indices()).containsExactly(0, 1, 2);
  }

  @Test
  void a_stream_with_longer_features_counts_no_more_than_another() {
    // The first stream says sequence 0, the second, on a hundred times the scale, just barely 1.
    Features first = new Features(2, 2, new float[] {1, 0, 0, 1}).normalized();
    Features second = new Features(2, 2, new float[] {100, 10, 100, 0}).normalized();
    Features firstQuery = new Features(1, 2, new float[] {1, 0}).normalized();
    Features secondQuery = new Features(1, 2, new float[] {100, 0}).normalized();

    List<Neighbours> found =
        search(List.of(first, second), Metric.COSINE, List.of(firstQuery, secondQuery), 1);

    assertThat(found).extracting(neighbours -> neighbours.indices()[0]).containsExactly(0, 1, 0);
  }

  @Test
  void more_neighbours_than_training_sequences_are_refused() {
    Features training = new Features(4, 1, new float[4]);

    assertThatThrownBy(() -> new NeighbourSearch(List.of(training), Metric.COSINE, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 neighbours")
        .hasMessageContaining("4 training sequences");
  }

  @Test
  void most_neighbours_win_and_between_as_many_the_lowest_class() {
    int[] labels = {0, 1, 1, 2, 2};
    float[] falling = {5, 4, 3, 2, 1};

    assertThat(new Neighbours(3, new int[] {0, 1, 2}, falling).vote(0, labels, 3)).isEqualTo(1);
    assertThat(new Neighbours(5, new int[] {0, 3, 1, 2, 4}, falling).vote(0, labels, 3))
        .isEqualTo(1);
    assertThat(new Neighbours(2, new int[] {3, 0}, falling).vote(0, labels, 3)).isEqualTo(0);
    assertThat(new Neighbours(1, new int[] {3}, falling).vote(0, labels, 3)).isEqualTo(2);
  }

  /** Floats, bfloat16 as it is everywhere, and bfloat16 by this processor if it can. */
  private static List<ScreenProducts.Opener> paths() {
    List<ScreenProducts.Opener> paths = new ArrayList<>();
    paths.add(FloatProducts::new);
    paths.add((queries, candidates, columns, threads) -> new RoundedProducts(candidates, columns));
    if (ScreenProducts.hasBfloatProducts()) {
      paths.add(BfloatProducts::new);
    }
    return paths;
  }

  /** By every kind of products, which must agree to the bit. */
  private static List<Neighbours> search(
      List<Features> training, Metric metric, List<Features> queries, int count) {
    List<Gallery> galleries = training.stream().map(each -> new Gallery(each, metric)).toList();
    int[] labels = new int[training.get(0).rows()];
    List<List<Neighbours>> found = new ArrayList<>();
    for (ScreenProducts.Opener path : paths()) {
      found.add(
          new NeighbourSearch(galleries, labels, 1, count, 1, path)
              .search(queries, 0, queries.get(0).rows()));
    }
    found.add(new NeighbourSearch(training, metric, count).searchAll(queries, 3));
    for (List<Neighbours> other : found) {
      for (int measure = 0; measure < other.size(); measure++) {
        assertThat(other.get(measure).indices()).isEqualTo(found.get(0).get(measure).indices());
        assertThat(other.get(measure).similarities())
            .isEqualTo(found.get(0).get(measure).similarities());
      }
    }
    return found.get(0);
  }

  @Test
  void a_row_far_from_all_others_does_not_blur_them() {
    int candidates = 3 * Gallery.BLOCK;
    SplittableRandom random = new SplittableRandom(5);
    Features training = numbers(random, candidates, 24, false);
    Features test = numbers(random, 8, 24, false);
    int without = mostKept(training, test);
    for (double far : new double[] {1e6, 1e18, 1e30}) {
      float[] values = training.values().clone();
      Arrays.fill(values, 24 * 1500, 24 * 1501, (float) far);
      Features withOutlier = new Features(candidates, 24, values);

      assertThat(mostKept(withOutlier, test)).as("%s", far).isLessThan(without + 16);
      Neighbours found = search(List.of(withOutlier), Metric.EUCLIDEAN, List.of(test), 3).get(0);
      for (int query = 0; query < 8; query++) {
        assertThat(Arrays.copyOfRange(found.indices(), query * 3, query * 3 + 3))
            .isEqualTo(plainly(withOutlier, test, query, 3));
      }
    }
  }

  @Test
  void a_query_far_from_everything_keeps_no_more_than_its_room() {
    int candidates = 3 * NeighbourTable.KEPT;
    SplittableRandom random = new SplittableRandom(6);
    Features training = numbers(random, candidates, 8, false);
    Features test = numbers(random, 2, 8, false);
    Arrays.fill(test.values(), 0, 8, 1e7f);

    assertThat(mostKept(training, test)).isLessThanOrEqualTo(NeighbourTable.KEPT);
    Neighbours found = search(List.of(training), Metric.EUCLIDEAN, List.of(test), 5).get(0);
    for (int query = 0; query < 2; query++) {
      assertThat(Arrays.copyOfRange(found.indices(), query * 5, query * 5 + 5))
          .isEqualTo(plainly(training, test, query, 5));
    }
  }

  @Test
  void numbers_that_are_none_are_refused() {
    Features training = new Features(3, 1, new float[] {1, 2, Float.NaN});
    Features test = new Features(1, 1, new float[] {Float.NaN});

    assertThatThrownBy(() -> search(List.of(training), Metric.EUCLIDEAN, List.of(test), 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not finite");
  }

  /** Of all queries, by the products that are least exact. */
  private static int mostKept(Features training, Features test) {
    NeighbourTable table =
        new NeighbourSearch(
                List.of(new Gallery(training, Metric.EUCLIDEAN)),
                new int[training.rows()],
                1,
                3,
                1,
                (queries, candidates, columns, threads) -> new RoundedProducts(candidates, columns))
            .tables(List.of(test), 0, test.rows())
            .get(0);
    return IntStream.range(0, test.rows()).map(table::kept).max().orElseThrow();
  }

  /** By the definition. */
  private static int[] plainly(Features training, Features test, int query, int count) {
    Gallery gallery = new Gallery(training, Metric.EUCLIDEAN);
    double[] nearness = new double[training.rows()];
    for (int row = 0; row < nearness.length; row++) {
      nearness[row] = gallery.nearness(test.values(), query * test.columns(), row);
    }
    return IntStream.range(0, nearness.length)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(row -> -nearness[row]).thenComparing(row -> row))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static Features smallIntegers(SplittableRandom random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int place = 0; place < values.length; place++) {
      values[place] = random.nextInt(-3, 4);
    }
    return new Features(rows, columns, values);
  }

  private static float[] plainScores(
      List<Features> training,
      List<Features> queries,
      int firstStream,
      int endStream,
      Metric metric,
      int query) {
    float[] scores = new float[training.get(0).rows()];
    for (int stream = firstStream; stream < endStream; stream++) {
      int columns = training.get(stream).columns();
      float[] candidates = training.get(stream).values();
      float[] own = queries.get(stream).values();
      for (int candidate = 0; candidate < scores.length; candidate++) {
        float score = 0;
        for (int column = 0; column < columns; column++) {
          float value = candidates[candidate * columns + column];
          score += value * own[query * columns + column];
          score -= metric == Metric.EUCLIDEAN ? value * value / 2 : 0;
        }
        scores[candidate] += score;
      }
    }
    return scores;
  }
}
