package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StreamsTest {

  @Test
  void the_instance_heads_of_all_modalities_come_first() {
    Streams streams = new Streams(3, 2);
    assertThat(streams.count()).isEqualTo(6);
    for (int modality = 0; modality < 3; modality++) {
      assertThat(streams.index(modality, Head.INSTANCE))
          .isEqualTo(modality)
          .isEqualTo(new Streams(3, 1).index(modality, Head.INSTANCE));
      int cluster = streams.index(modality, Head.CLUSTER);
      assertThat(cluster).isEqualTo(3 + modality);
      assertThat(streams.modality(cluster)).isEqualTo(modality);
      assertThat(streams.head(cluster)).isEqualTo(Head.CLUSTER);
    }
  }

  @Test
  void embeddings_by_modality_are_split_between_the_heads() {
    float[][] byModality = {{1, 2, 3, 4}, {5, 6, 7, 8}};
    assertThat(new Streams(2, 2).split(byModality))
        .isDeepEqualTo(new float[][] {{1, 2}, {5, 6}, {3, 4}, {7, 8}});
    assertThat(new Streams(2, 1).split(byModality)[1]).isSameAs(byModality[1]);
  }

  @Test
  void what_cannot_be_split_is_refused() {
    assertThatThrownBy(() -> new Streams(2, 2).split(new float[3][4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("embeddings of 3 modalities, expected 2");
    assertThatThrownBy(() -> new Streams(1, 2).split(new float[1][3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 numbers of modality 0, expected a multiple of 2 heads");
    assertThatThrownBy(() -> new Streams(3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("streams of 3 modalities × 3 heads, expected at least 1 × 1 to 2");
  }
}
