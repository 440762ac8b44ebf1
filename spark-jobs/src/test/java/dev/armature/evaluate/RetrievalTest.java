package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetrievalTest {

  @Property(tries = 25)
  void rankings_are_those_of_a_plain_sort(
      @ForAll @IntRange(min = 2, max = 1300) int candidates,
      @ForAll @IntRange(min = 1, max = 70) int queries,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Features all = features(candidates, random);
    Features asked = features(queries, random);
    int[] labels = IntStream.range(0, candidates).map(row -> random.nextInt(4) - 1).toArray();
    int[] askedLabels = IntStream.range(0, queries).map(row -> random.nextInt(4) - 1).toArray();
    int[] own =
        IntStream.range(0, queries).map(row -> random.nextInt(candidates + 1) - 1).toArray();
    Retrieval retrieval = new Retrieval(all, 1);

    List<List<Retrieval.Hit>> found = retrieval.nearest(asked, own, 3);
    RetrievalQuality quality = retrieval.quality(asked, askedLabels, own, labels, List.of(1, 5));

    List<boolean[]> relevance =
        IntStream.range(0, queries)
            .mapToObj(
                query -> {
                  int[] order = order(all, asked, query, own[query]);
                  assertThat(found.get(query).stream().mapToInt(Retrieval.Hit::row).toArray())
                      .isEqualTo(Arrays.copyOf(order, Math.min(3, order.length)));
                  boolean[] list = new boolean[order.length];
                  for (int rank = 0; rank < order.length; rank++) {
                    list[rank] =
                        askedLabels[query] >= 0 && labels[order[rank]] == askedLabels[query];
                  }
                  return list;
                })
            .toList();
    RetrievalQuality expected = RetrievalQuality.of(relevance, List.of(1, 5));
    assertThat(quality.queries()).isEqualTo(expected.queries());
    assertThat(quality.meanAveragePrecision())
        .isCloseTo(expected.meanAveragePrecision(), within(1e-12));
    assertThat(quality.meanPrecisionAt()).isEqualTo(expected.meanPrecisionAt());
  }

  /** One of four directions each: products are exact, and ties are many. */
  private static Features features(int rows, SplittableRandom random) {
    float[] values = new float[rows * 3];
    for (int row = 0; row < rows; row++) {
      values[row * 3 + random.nextInt(3)] = random.nextBoolean() ? 2 : -1;
    }
    return new Features(rows, 3, values);
  }

  private static int[] order(Features all, Features asked, int query, int own) {
    return IntStream.range(0, all.rows())
        .filter(row -> row != own)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(row -> -cosine(all, row, asked, query))
                .thenComparing(row -> row))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double cosine(Features left, int row, Features right, int other) {
    double sum = 0;
    for (int column = 0; column < 3; column++) {
      sum +=
          Math.signum(left.values()[row * 3 + column])
              * Math.signum(right.values()[other * 3 + column]);
    }
    return sum;
  }

  @Test
  void a_query_does_not_find_itself() {
    Features all = new Features(3, 2, new float[] {1, 0, 1, 0.1f, 0, 1});

    List<List<Retrieval.Hit>> found = new Retrieval(all, 1).nearest(all, new int[] {0, 1, -1}, 10);

    assertThat(found.get(0)).extracting(Retrieval.Hit::row).containsExactly(1, 2);
    assertThat(found.get(1)).extracting(Retrieval.Hit::row).containsExactly(0, 2);
    assertThat(found.get(2)).extracting(Retrieval.Hit::row).containsExactly(2, 1, 0);
  }
}
