package dev.armature.encoder.cuda;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the kernels themselves in main memory, compiled as C++. */
final class HostLauncher implements KernelLauncher {
  private static final int CELLS = 16;

  private final boolean backwards;
  private final Memory cells = new Memory((long) CELLS * Long.BYTES);

  /** Compiled once a process. */
  private static final class Compiled {
    private static final Function LAUNCH = compile();

    private Compiled() {}
  }

  /**
   * @param backwards whether the threads of a block are taken from the last to the first
   */
  HostLauncher(boolean backwards) {
    this.backwards = backwards;
  }

  /** Skips the test where there is no compiler. */
  static void assumeCompiler() {
    Toolchain.require("g++");
  }

  private static Function compile() {
    Path compiler = Toolchain.require("g++");
    try (InputStream host = HostLauncher.class.getResourceAsStream("host.cpp")) {
      Path folder = Files.createTempDirectory("armature-kernels");
      Path kernels = Toolchain.kernels(folder);
      String text = new String(host.readAllBytes(), StandardCharsets.UTF_8);
      Path source = Toolchain.write(folder, "host.cpp", text);
      Path library = folder.resolve("libkernels.so");
      Toolchain.run(
          compiler,
          List.of(
              "-std=c++17",
              "-O1",
              "-Wall",
              "-Werror",
              // Of the processor's own roundings none is left out.
              "-ffp-contract=off",
              "-shared",
              "-fPIC",
              "-o",
              library.toString(),
              source.toString()),
          folder);
      Function launch =
          NativeLibrary.getInstance(library.toString()).getFunction("launch_on_host");
      for (Path file : List.of(kernels, source, library)) {
        file.toFile().deleteOnExit();
      }
      return launch;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void launch(String name, Grid grid, Object... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      cells.setLong((long) i * Long.BYTES, KernelArgument.bits(arguments[i]));
    }
    int code =
        Compiled.LAUNCH.invokeInt(
            new Object[] {
              name,
              grid.blocksX(),
              grid.blocksY(),
              grid.threadsX(),
              grid.threadsY(),
              cells,
              backwards ? 1 : 0
            });
    if (code != 0) {
      throw new IllegalStateException(
          code == 1 ? "no kernel is named " + name : "threads of " + name + " part at a barrier");
    }
  }
}
