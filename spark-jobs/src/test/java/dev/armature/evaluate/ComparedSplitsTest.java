package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ComparedSplitsTest {

  @Property
  void tiles_end_where_products_end_however_many_cores_there_are(
      @ForAll @IntRange(min = 1, max = 100_000) int rows,
      @ForAll @IntRange(min = 1, max = 4096) int cores) {
    int tile = ComparedSplits.tile(rows, cores);

    assertThat(tile % ComparedSplits.BLOCK).isZero();
    assertThat(tile).isBetween(ComparedSplits.BLOCK, NeighbourSearch.QUERIES);
    int tiles = (rows + tile - 1) / tile;
    int blocks = (rows + ComparedSplits.BLOCK - 1) / ComparedSplits.BLOCK;
    assertThat(tiles)
        .as("work for half of the cores at least")
        .isGreaterThanOrEqualTo(Math.min(cores, blocks) / 2);
  }
}
