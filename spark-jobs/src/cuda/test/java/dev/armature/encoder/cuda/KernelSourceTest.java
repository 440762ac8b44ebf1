package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Assumptions;
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
        .contains(".target " + architecture, ".entry norm_train(", ".entry descend(", ".entry neighbours(");
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90, 999})
  void the_run_time_compiler_takes_them_where_it_is_installed(int capability) {
    try {
      Loader.load(nvrtc.class);
    } catch (LinkageError missing) {
      Assumptions.abort("libnvrtc.so.13 is not on this machine");
    }
    try (BytePointer image = KernelCompiler.compile(new CudaStatus("a test"), capability)) {
      assertThat(image.capacity()).isGreaterThan(KernelSource.read().length() / 2);
    }
  }

  @Test
  void the_run_time_compiler_is_given_all_there_is() {
    assertThat(KernelSource.read()).doesNotContain("#include");
  }
}
