package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.armature.encoder.EngineComparison.Deviation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineComparisonTest {
  private static final EncoderShape SHAPE = new EncoderShape(6, 8, 2, 4, 1, Recurrence.LOCKSTEP);

  private static Map<String, float[]> run(EncoderBackend backend) {
    try (EncoderEngine engine = EncoderEngines.open(SHAPE, 2, backend, 1)) {
      return new EngineComparison(SHAPE, 2, 5, 4, 2).run(engine);
    }
  }

  @Test
  void engines_of_the_processor_agree_within_the_bound_of_floats() {
    List<Deviation> deviations =
        EngineComparison.compare(run(EncoderBackend.ONEDNN), run(EncoderBackend.PLAIN));

    assertThat(deviations)
        .extracting(Deviation::tensor)
        .contains(
            "query embeddings, modality 1",
            "gradient, gru.1.second.bias_hidden, modality 0",
            "key encoder, input_norm.running_var, modality 1")
        .doesNotContain("gradient, input_norm.running_mean, modality 0");
    assertThat(deviations)
        .allMatch(each -> each.relative() < EngineComparison.bound(GpuPrecision.FLOAT32))
        .anyMatch(each -> each.relative() > 0);
  }

  @Test
  void one_tensor_that_differs_is_named_and_no_number_is_beyond_any_bound() {
    Map<String, float[]> expected = Map.of("a", new float[] {3, 4}, "b", new float[] {1});
    List<Deviation> found =
        new ArrayList<>(
            EngineComparison.compare(
                Map.of("a", new float[] {3, 4.5f}, "b", new float[] {Float.NaN}), expected));

    assertThat(found).contains(new Deviation("a", 0.1));
    assertThat(found).anyMatch(each -> each.tensor().equals("b") && Double.isNaN(each.relative()));
    assertThatThrownBy(() -> EngineComparison.compare(Map.of("a", new float[2]), expected))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_backend_that_is_not_in_the_build_is_refused_and_nothing_computes_in_its_place() {
    // Builds with -Pcuda have it, and tests of their own.
    assumeTrue(EncoderEngines.missing(EncoderBackend.CUDNN).isPresent());

    assertThatThrownBy(() -> EncoderEngines.open(SHAPE, 1, EncoderBackend.CUDNN, 1))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("no engine for encoder.backend = cudnn", "-Pcuda", "onednn");
    assertThat(EncoderEngines.missing(EncoderBackend.ND4J_CUDA).orElseThrow())
        .contains("encoder.backend = nd4j-cuda", "-Pnd4j-cuda");
    assertThat(EncoderEngines.missing(EncoderBackend.ONEDNN)).isEmpty();
  }
}
