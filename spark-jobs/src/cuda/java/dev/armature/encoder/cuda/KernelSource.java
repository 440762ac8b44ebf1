package dev.armature.encoder.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text of the kernels. */
final class KernelSource {
  static final String NAME = "kernels.cu";

  private KernelSource() {}

  static String read() {
    try (InputStream in = KernelSource.class.getResourceAsStream(NAME)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + NAME);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
