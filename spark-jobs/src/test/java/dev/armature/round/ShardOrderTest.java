package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShardOrderTest {

  private static TrainSettings train(long seed, boolean shuffle) {
    return new TrainSettings(4, 0, 0, 1, 0, 0.01, List.of(), 0.9, 0, 0.999, seed, shuffle);
  }

  @Property
  void an_order_takes_every_sequence_once(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 300) int size) {
    int[] order = ShardOrder.of(train(seed, true), 3, 1, size);
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, size).toArray());
  }

  @Test
  void the_same_seed_epoch_and_worker_give_the_same_order() {
    assertThat(ShardOrder.of(train(7, true), 2, 1, 100))
        .isEqualTo(ShardOrder.of(train(7, true), 2, 1, 100));
  }

  @Test
  void another_seed_epoch_or_worker_gives_another_order() {
    int[] order = ShardOrder.of(train(7, true), 2, 1, 100);
    assertThat(ShardOrder.of(train(8, true), 2, 1, 100)).isNotEqualTo(order);
    assertThat(ShardOrder.of(train(7, true), 3, 1, 100)).isNotEqualTo(order);
    assertThat(ShardOrder.of(train(7, true), 2, 0, 100)).isNotEqualTo(order);
  }

  @Test
  void without_shuffling_the_order_is_that_of_the_data_set() {
    assertThat(ShardOrder.of(train(7, false), 5, 1, 4)).containsExactly(0, 1, 2, 3);
  }
}
