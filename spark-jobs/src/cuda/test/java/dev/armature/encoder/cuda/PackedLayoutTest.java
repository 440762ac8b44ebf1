package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.ParameterLayout.Tensor;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.cuda.GruSpace.Gate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedLayoutTest {
  private static final EncoderShape SHAPE = new EncoderShape(5, 3, 2, 4, 2, Recurrence.LOCKSTEP);
  private static final ParameterLayout FLAT = new ParameterLayout(SHAPE);

  private static PackedLayout layout() {
    return new PackedLayout(SHAPE, List.of(HostGru.space(5, 3), HostGru.space(6, 3)));
  }

  /** A vector whose numbers are their places. */
  private static float[] numbered() {
    float[] values = new float[FLAT.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    return values;
  }

  private static float[] packed(PackedLayout layout, float[] flat) {
    HostDevice device = new HostDevice();
    try (DeviceStream stream = device.newStream();
        DeviceMemory source = device.allocate(flat.length, "flat");
        DeviceMemory target = device.allocate(layout.size(), "packed")) {
      DeviceFloats from = new DeviceFloats(source, 0, flat.length);
      DeviceFloats to = new DeviceFloats(target, 0, layout.size());
      stream.zero(to);
      stream.upload(flat, 0, from);
      layout.pack(stream, from, to);
      float[] result = new float[Math.toIntExact(layout.size())];
      stream.download(to, result, 0);
      return result;
    }
  }

  @Test
  void every_parameter_has_one_place_and_the_rest_is_zero() {
    float[] packed = packed(layout(), numbered());

    boolean[] found = new boolean[FLAT.size() + 1];
    for (float value : packed) {
      if (value != 0) {
        assertThat(found[(int) value]).as("number %s", value).isFalse();
        found[(int) value] = true;
      }
    }
    for (int i = 1; i < found.length; i++) {
      assertThat(found[i]).as("number %d", i).isTrue();
    }
  }

  @Test
  void a_gate_is_where_the_library_wants_it_with_a_row_for_every_unit() {
    PackedLayout layout = layout();
    float[] packed = packed(layout, numbered());
    GruSpace space = HostGru.space(6, 3);
    Tensor weights = FLAT.tensor("gru.1.second.weight_input");
    Tensor biases = FLAT.tensor("gru.1.second.bias_hidden");
    DeviceFloats all = new DeviceFloats(null, 0, layout.size());
    int start = (int) layout.part(all, PackedLayout.gruName(1, 1)).offset();
    // Ours: update, reset, candidate. The library's: reset, update, candidate.
    int[] ours = {1, 0, 2};
    for (int place = 0; place < GruSpace.GATES; place++) {
      Gate gate = space.gates().get(place);
      for (int unit = 0; unit < 3; unit++) {
        int column = ours[place] * 3 + unit;
        for (int i = 0; i < 6; i++) {
          assertThat(packed[start + (int) gate.inputWeight() + unit * 6 + i])
              .isEqualTo(weights.offset() + i * 9 + column + 1f);
        }
        assertThat(packed[start + (int) gate.hiddenBias() + unit])
            .isEqualTo(biases.offset() + column + 1f);
      }
    }
  }

  @Test
  void statistics_lie_behind_what_is_trained() {
    PackedLayout layout = layout();
    DeviceFloats all = new DeviceFloats(null, 0, layout.size());
    for (Tensor tensor : FLAT.tensors()) {
      if (!tensor.name().startsWith("gru.")) {
        DeviceFloats part = layout.part(all, tensor.name());
        assertThat(part.offset() >= layout.trainable())
            .as(tensor.name())
            .isEqualTo(tensor.statistic());
        assertThat(part.length()).isEqualTo(tensor.length());
        assertThat(part.offset() % 64).as(tensor.name()).isZero();
      }
    }
  }

  @Test
  void a_space_without_room_or_with_parameters_in_one_place_is_refused() {
    GruSpace good = HostGru.space(5, 3);
    assertThatThrownBy(
            () -> new GruSpace(good.length() / 2, good.gates()).require(5, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not lie within");
    List<Gate> twice = new ArrayList<>(good.gates());
    twice.set(2, good.gates().get(0));
    assertThatThrownBy(() -> new GruSpace(good.length(), twice).require(5, 3))
        .hasMessageContaining("where others are");
    assertThatThrownBy(() -> new GruSpace(good.length(), twice.subList(0, 2)))
        .hasMessageContaining("3 gates, found 2");
  }

  @Test
  void what_a_library_tells_of_a_parameter_must_be_what_we_take_it_for() {
    GruLayoutCheck.require(new int[] {1, 3, 5}, new int[] {15, 5, 1}, 3, 5);
    GruLayoutCheck.require(new int[] {1, 3, 1}, new int[] {3, 1, 1}, 3, 1);
    assertThatThrownBy(
            () -> GruLayoutCheck.require(new int[] {1, 5, 3}, new int[] {15, 3, 1}, 3, 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("[1, 5, 3]", "[1, 3, 5]");
    assertThatThrownBy(
            () -> GruLayoutCheck.require(new int[] {1, 3, 5}, new int[] {15, 1, 3}, 3, 5))
        .hasMessageContaining("[15, 1, 3]");
  }
}
