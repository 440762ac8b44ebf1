package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChunkPartitionerTest {

  private static ChunkLayout layout(int modalities, int size, int chunk) {
    return new ChunkLayout(Sharing.EVERYTHING.returned(Teacher.PER_STEP), modalities, size, chunk);
  }

  @Property(tries = 300)
  void every_piece_has_a_task_no_task_is_idle_and_none_has_more_than_its_share(
      @ForAll @IntRange(min = 1, max = 6) int modalities,
      @ForAll @IntRange(min = 1, max = 500) int size,
      @ForAll @IntRange(min = 1, max = 100) int chunk,
      @ForAll @IntRange(min = 1, max = 512) int workers) {
    ChunkLayout layout = layout(modalities, size, chunk);
    ChunkPartitioner partitioner = new ChunkPartitioner(layout, workers);
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int piece = 0; piece < layout.count(); piece++) {
      numbers.merge(
          partitioner.getPartition(new ChunkKey(piece, workers - 1)),
          layout.length(piece),
          Integer::sum);
    }
    assertThat(numbers).doesNotContainKey(partitioner.accounts());
    assertThat(numbers).hasSize(partitioner.numPartitions() - 1);
    assertThat(numbers.values()).allMatch(sum -> sum <= 2 * chunk);
  }

  @Test
  void the_accounts_of_all_workers_have_a_task_for_themselves() {
    ChunkPartitioner partitioner = new ChunkPartitioner(layout(3, 1000, 100), 512);
    for (int worker = 0; worker < 512; worker++) {
      assertThat(partitioner.getPartition(new ChunkKey(ChunkKey.YIELD, worker)))
          .isEqualTo(partitioner.accounts())
          .isEqualTo(partitioner.numPartitions() - 1);
    }
  }

  @Test
  void small_vectors_are_summed_by_no_more_tasks_than_there_are_workers() {
    assertThat(new ChunkPartitioner(layout(3, 1000, 1 << 21), 2).numPartitions()).isEqualTo(3);
    assertThat(new ChunkPartitioner(layout(3, 1000, 1 << 21), 512).numPartitions()).isEqualTo(10);
  }
}
