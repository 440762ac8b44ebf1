package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

class SimilarityProductsTest {

  @Test
  void more_similarities_than_a_matrix_holds_are_refused_with_both_numbers() {
    try (Workers workers = new Workers(1);
        SimilarityProducts products = new SimilarityProducts(1 << 20, 1, workers);
        FloatPointer queue = new FloatPointer()) {
      assertThatThrownBy(() -> products.similarities(new float[2048], 0, 2048, queue))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2048 embeddings with 1048576 keys");
    }
  }
}
