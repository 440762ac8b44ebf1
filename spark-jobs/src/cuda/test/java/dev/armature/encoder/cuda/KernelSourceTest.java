package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSourceTest {

  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90"})
  void the_kernels_compile_for_current_gpus(String architecture, @TempDir Path folder)
      throws Exception {
    Path compiler = Toolchain.require("nvcc");
    Path assembly = folder.resolve("kernels.ptx");
    Toolchain.run(
        compiler,
        List.of(
            "--ptx",
            "-Werror",
            "all-warnings",
            "-arch=" + architecture,
            "-o",
            assembly.toString(),
            Toolchain.kernels(folder).toString()),
        folder);

    assertThat(Files.readString(assembly))
        .contains(".target " + architecture, ".entry norm_train(", ".entry descend(");
  }

  @Test
  void the_run_time_compiler_is_given_all_there_is() {
    assertThat(KernelSource.read()).doesNotContain("#include");
  }
}
