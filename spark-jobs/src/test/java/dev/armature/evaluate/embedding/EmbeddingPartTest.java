package dev.armature.evaluate.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.dataset.Split;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EmbeddingPartTest {

  @Property(tries = 200)
  void parts_hold_every_sequence_once_in_whole_blocks(
      @ForAll @IntRange(min = 1, max = 3_000_000) int sequences) {
    List<EmbeddingPart> parts = EmbeddingPart.of(Map.of(Split.TEST, sequences));

    int next = 0;
    for (EmbeddingPart part : parts) {
      assertThat(part.stretch().first()).isEqualTo(next).satisfies(EmbeddingPartTest::isBlock);
      assertThat(part.stretch().sequences()).isBetween(1, 2048);
      next = part.stretch().end();
    }
    assertThat(next).isEqualTo(sequences);
  }

  private static void isBlock(int index) {
    assertThat(index % BlockEncoder.ROWS).isZero();
  }

  @Test
  void there_are_enough_parts_for_a_cluster_and_files_that_are_worth_one() {
    assertThat(EmbeddingPart.of(Map.of(Split.TRAIN, 100))).hasSize(1);
    assertThat(EmbeddingPart.of(Map.of(Split.TRAIN, 431))).hasSize(4);
    assertThat(EmbeddingPart.of(Map.of(Split.TRAIN, 100_000))).hasSize(61);
    assertThat(EmbeddingPart.of(Map.of(Split.TRAIN, 1_000_000))).hasSize(489);
  }

  @Test
  void names_of_files_sort_as_their_sequences() {
    List<String> files =
        EmbeddingPart.of(Map.of(Split.TRAIN, 1_000_000)).stream().map(EmbeddingPart::file).toList();

    assertThat(files).isSorted().startsWith("train-00000.parquet");
  }
}
