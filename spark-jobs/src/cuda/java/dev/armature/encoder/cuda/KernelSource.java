package dev.armature.encoder.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text of the kernels. */
final class KernelSource {
  static final String NAME = "kernels.cu";

  /** What comes behind it. */
  private static final String LOSSES = "losses.cu";

  private KernelSource() {}

  static String read() {
    // So that the compiler speaks of lines of the file they are in.
    return read(NAME) + "\n#line 1 \"" + LOSSES + "\"\n" + read(LOSSES);
  }

  private static String read(String name) {
    try (InputStream in = KernelSource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
