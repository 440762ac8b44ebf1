package dev.armature.encoder.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Compilers, where this machine has them. */
final class Toolchain {
  private Toolchain() {}

  /** Where a program is; skips the test, saying so, where it is not. */
  static Path require(String program) {
    for (String folder : System.getenv("PATH").split(":", -1)) {
      Path found = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(found)) {
        return found;
      }
    }
    Assumptions.abort("%s is not on the PATH of this machine".formatted(program));
    throw new IllegalStateException();
  }

  /** Runs it; what it says is in the failure's message. */
  static void run(Path program, List<String> arguments, Path folder) {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    words.addAll(arguments);
    try {
      Path said = Files.createTempFile(folder, "said", ".txt");
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .directory(folder.toFile())
              .start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(words + " failed: " + Files.readString(said));
      }
    } catch (IOException failure) {
      throw new IllegalStateException(words + " cannot be run", failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /** Writes the kernels to a folder. */
  static Path kernels(Path folder) {
    return write(folder, KernelSource.NAME, KernelSource.read());
  }

  static Path write(Path folder, String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
