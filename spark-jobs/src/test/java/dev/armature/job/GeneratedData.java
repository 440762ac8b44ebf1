package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * Generated motion of four persons, prepared once for all tests of this process, which leave it as
 * it is.
 */
final class GeneratedData {
  private static final Path DATA = prepare();

  private GeneratedData() {}

  static Path path() {
    return DATA;
  }

  private static Path prepare() {
    try {
      Path folder = Files.createTempDirectory("armature-data");
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(folder.toFile())));
      Path data = folder.resolve("data");
      // Not by way of CommandCall: logging keeps the standard error that it finds when it starts.
      assertThat(Main.run(CommandCall.prepareGenerated(data).toArray(String[]::new))).isZero();
      return data;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
