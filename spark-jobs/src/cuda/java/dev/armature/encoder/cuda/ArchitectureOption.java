package dev.armature.encoder.cuda;

import dev.armature.encoder.EngineUnavailableException;
import dev.armature.encoder.Nd4jCudaSupport;
import java.util.Arrays;

/** For which GPU the run-time compiler compiles. */
final class ArchitectureOption {
  private ArchitectureOption() {}

  /**
   * The compiler's option.
   *
   * @param capability of the GPU, 90 for 9.0
   * @param supported what the compiler knows, likewise
   * @return machine code for the GPU where the compiler knows it; for a newer one, code that its
   *     driver translates
   * @throws EngineUnavailableException if the GPU is older than all
   */
  static String of(int capability, int[] supported) {
    int newest =
        Arrays.stream(supported)
            .filter(each -> each <= capability)
            .max()
            .orElseThrow(
                () ->
                    new EngineUnavailableException(
                        "the GPU has compute capability %s, and CUDA's run-time compiler knows %s: use a newer GPU, or %s"
                            .formatted(dotted(capability), list(supported), Nd4jCudaSupport.processor())));
    return "--gpu-architecture=%s_%d".formatted(newest == capability ? "sm" : "compute", newest);
  }

  private static String dotted(int capability) {
    return "%d.%d".formatted(capability / 10, capability % 10);
  }

  private static String list(int[] supported) {
    return String.join(
        ", ", Arrays.stream(supported).mapToObj(ArchitectureOption::dotted).toList());
  }
}
