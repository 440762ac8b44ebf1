package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.round.CheckpointStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A run's folder: {@code run.conf}, {@code metrics.jsonl}, {@code checkpoints/}, and so on. */
final class RunFolder {
  private final Path path;
  private final FileSystem fileSystem;
  private final Configuration hadoop;

  RunFolder(String uri, Configuration hadoop) throws IOException {
    this.hadoop = hadoop;
    Path given = new Path(uri);
    this.fileSystem = given.getFileSystem(hadoop);
    this.path = fileSystem.makeQualified(given);
  }

  Path path() {
    return path;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  private Path configuration() {
    return new Path(path, "run.conf");
  }

  CheckpointStore checkpoints() {
    return new CheckpointStore(fileSystem, new Path(path, "checkpoints"));
  }

  /** The configuration with which the run was started; empty if there is no run here. */
  Optional<Config> readConfiguration() throws IOException {
    if (!fileSystem.exists(configuration())) {
      return Optional.empty();
    }
    return Optional.of(SettingsFile.parse(configuration().toString(), hadoop));
  }

  /**
   * The settings of the run that is here, with some of them set anew.
   *
   * @throws UserMistakeException if there is none
   */
  Settings settings(List<String> overrides) throws IOException {
    Config stored =
        readConfiguration()
            .orElseThrow(
                () ->
                    new UserMistakeException(
                        "%s is not a run's folder: it has no run.conf; give the output.dir of a pretrain"
                            .formatted(path)));
    return SettingsFile.read(stored, overrides);
  }

  /** Whether there is anything here. */
  boolean isEmpty() throws IOException {
    try {
      return fileSystem.listStatus(path).length == 0;
    } catch (FileNotFoundException none) {
      return true;
    }
  }

  /** Writes {@code run.conf}: the resolved configuration, and the versions that made it. */
  void writeConfiguration(Config config) throws IOException {
    Config versions =
        ConfigFactory.parseMap(Versions.current(), "versions")
            .atPath(SettingsFile.VERSIONS + ".versions");
    Path temporary = new Path(path, ".run.conf.incomplete");
    try (OutputStream out = fileSystem.create(temporary, true)) {
      out.write(
          SettingsFile.render(config.withFallback(versions)).getBytes(StandardCharsets.UTF_8));
    }
    fileSystem.delete(configuration(), false);
    if (!fileSystem.rename(temporary, configuration())) {
      throw new IOException("could not rename %s to %s".formatted(temporary, configuration()));
    }
  }
}
