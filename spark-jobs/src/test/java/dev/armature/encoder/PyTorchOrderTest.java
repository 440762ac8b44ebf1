package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PyTorchOrderTest {
  @Test
  void rows_by_gate_become_columns_by_gate() {
    // hidden 1, input 2: rows reset, update, candidate
    float[] torch = {1, 2, 3, 4, 5, 6};
    assertThat(PyTorchOrder.gruWeightFromPyTorch(torch, 2, 1)).containsExactly(3, 1, 5, 4, 2, 6);
    assertThat(PyTorchOrder.gruBias(new float[] {1, 2, 3}, 1)).containsExactly(2, 1, 3);
  }

  @Property(tries = 50)
  void there_and_back_is_where_it_was(
      @ForAll @IntRange(min = 1, max = 12) int inputs,
      @ForAll @IntRange(min = 1, max = 12) int hidden,
      @ForAll long seed) {
    float[] torch = TestViews.random(3 * hidden * inputs, seed);
    float[] ours = PyTorchOrder.gruWeightFromPyTorch(torch, inputs, hidden);
    assertThat(PyTorchOrder.gruWeightToPyTorch(ours, inputs, hidden)).containsExactly(torch);
    float[] bias = TestViews.random(3 * hidden, seed);
    assertThat(PyTorchOrder.gruBias(PyTorchOrder.gruBias(bias, hidden), hidden))
        .containsExactly(bias);
  }

  @Test
  void a_tensor_of_another_size_is_refused() {
    assertThatThrownBy(() -> PyTorchOrder.gruBias(new float[5], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 numbers, found 5");
  }
}
