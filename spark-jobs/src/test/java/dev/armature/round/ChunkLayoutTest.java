package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunkLayoutTest {

  @Property
  void pieces_cover_every_number_of_every_vector_once(
      @ForAll Teacher teacher,
      @ForAll @IntRange(min = 1, max = 4) int modalities,
      @ForAll @IntRange(min = 1, max = 100) int size,
      @ForAll @IntRange(min = 1, max = 40) int chunk) {
    ChunkLayout layout =
        new ChunkLayout(Sharing.EVERYTHING.returned(teacher), modalities, size, chunk);
    Map<ResultVector, int[][]> seen = new EnumMap<>(ResultVector.class);
    Sharing.EVERYTHING.returned(teacher).forEach(kind -> seen.put(kind, new int[modalities][size]));
    for (int piece = 0; piece < layout.count(); piece++) {
      assertThat(layout.length(piece)).isBetween(1, chunk);
      for (int i = 0; i < layout.length(piece); i++) {
        seen.get(layout.kind(piece))[layout.modality(piece)][layout.offset(piece) + i]++;
      }
    }
    for (int[][] kind : seen.values()) {
      for (int[] vector : kind) {
        assertThat(vector).containsOnly(1);
      }
    }
  }
}
