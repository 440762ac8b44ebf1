package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.NeighbourAggregation.Aggregate;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NeighbourAggregationTest {
  private static final int QUEUE = 90;
  private static final int EMBEDDING = 4;

  private final float[] key = Embeddings.unit(5, 1, 1, EMBEDDING)[0];

  private static ClusterSettings settings(int most, double least, double temperature) {
    return new ClusterSettings(1, most, least, temperature, true, Teaches.KEY, 1, 1, false);
  }

  private Aggregate aggregate(ClusterSettings settings, float[] queue) {
    return new NeighbourAggregation(settings, QUEUE, EMBEDDING)
        .aggregate(key, 0, similarities(queue), FloatBuffer.wrap(queue));
  }

  private float[] similarities(float[] queue) {
    float[] similarities = new float[QUEUE];
    for (int i = 0; i < queue.length; i++) {
      similarities[i / EMBEDDING] += key[i % EMBEDDING] * queue[i];
    }
    return similarities;
  }

  @Property(tries = 100)
  void neighbours_are_the_most_similar_of_the_highly_correlated_keys(
      @ForAll @IntRange(max = 1 << 30) int seed,
      @ForAll @IntRange(max = QUEUE + 5) int most,
      @ForAll @DoubleRange(min = -1, max = 1) double least) {
    float[] queue = Embeddings.unit(seed, 1, QUEUE, EMBEDDING)[0];
    float[] similarities = similarities(queue);
    int[] expected =
        IntStream.range(0, QUEUE)
            .filter(i -> similarities[i] >= (float) least)
            .boxed()
            .sorted((a, b) -> Float.compare(similarities[b], similarities[a]))
            .limit(most)
            .mapToInt(i -> i)
            .sorted()
            .toArray();
    assertThat(aggregate(settings(most, least, 0.2), queue).neighbours()).isEqualTo(expected);
  }

  @Property(tries = 100)
  void a_mix_has_length_one_and_a_lone_key_is_its_own(
      @ForAll @IntRange(max = 1 << 30) int seed,
      @ForAll @IntRange(max = 10) int most,
      @ForAll @DoubleRange(min = 0.01, max = 10) double temperature) {
    float[] queue = Embeddings.unit(seed, 1, QUEUE, EMBEDDING)[0];
    Aggregate mix = aggregate(settings(most, 0.9, temperature), queue);
    if (mix.neighbours().length == 0) {
      assertThat(mix.key()).isEqualTo(key).isNotSameAs(key);
    }
    double squares = 0;
    double withKey = 0;
    for (int i = 0; i < EMBEDDING; i++) {
      squares += mix.key()[i] * mix.key()[i];
      withKey += mix.key()[i] * key[i];
    }
    assertThat(squares).isCloseTo(1, within(1e-6));
    // A mix of vectors that are at least so similar to the key.
    assertThat(withKey).isGreaterThan(0.9 - 1e-6);
  }

  @Test
  void a_cold_mix_is_the_key_and_a_hot_one_the_direction_of_the_mean() {
    float[] queue = Embeddings.unit(9, 1, QUEUE, EMBEDDING)[0];
    assertThat(aggregate(settings(3, 0.2, 1e-3), queue).key()).containsExactly(key, within(1e-6f));
    Aggregate hot = aggregate(settings(3, 0.2, 1e6), queue);
    assertThat(hot.neighbours()).hasSize(3);
    double[] mean = new double[EMBEDDING];
    double squares = 0;
    for (int j = 0; j < EMBEDDING; j++) {
      mean[j] = key[j];
      for (int position : hot.neighbours()) {
        mean[j] += queue[position * EMBEDDING + j];
      }
      squares += mean[j] * mean[j];
    }
    for (int j = 0; j < EMBEDDING; j++) {
      assertThat((double) hot.key()[j]).isCloseTo(mean[j] / Math.sqrt(squares), within(1e-5));
    }
  }
}
