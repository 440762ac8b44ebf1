package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.DurableFile;
import dev.armature.round.Patience;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** A run's folder: {@code run.conf}, {@code metrics.jsonl}, {@code checkpoints/}, and so on. */
final class RunFolder {
  /** Key of the Spark application that last worked on the run. */
  static final String APPLICATION = SettingsFile.VERSIONS + ".application";

  /** Key of the instant at which a run was begun, in ISO 8601. */
  static final String BEGUN = SettingsFile.VERSIONS + ".begun";

  /** Key of the checksum of the data that a run was trained on. */
  static final String DATA = SettingsFile.VERSIONS + ".data";

  /** Under which {@code run.conf} is written. */
  private static final String INCOMPLETE = ".run.conf.incomplete";

  private final Path path;
  private final FileSystem fileSystem;
  private final Configuration hadoop;
  private final Patience patience;
  private final CheckpointStore checkpoints;

  /**
   * A folder that is not tried again when it refuses.
   *
   * @throws UserMistakeException if that is no path of a file system that Hadoop knows
   */
  RunFolder(String uri, Configuration hadoop) throws IOException {
    this(uri, hadoop, Patience.NONE);
  }

  /**
   * @param patience with which the folder is written to, and its checkpoints are read
   * @throws UserMistakeException if that is no path of a file system that Hadoop knows
   */
  RunFolder(String uri, Configuration hadoop, Patience patience) throws IOException {
    this.hadoop = hadoop;
    this.patience = patience;
    Path given = path(uri, hadoop);
    this.fileSystem = given.getFileSystem(hadoop);
    this.path = fileSystem.makeQualified(given);
    this.checkpoints = new CheckpointStore(fileSystem, new Path(path, "checkpoints"), patience);
  }

  /**
   * A path on a file system that Hadoop knows.
   *
   * @throws UserMistakeException if it is none
   */
  static Path path(String uri, Configuration hadoop) throws IOException {
    try {
      Path path = new Path(uri);
      path.getFileSystem(hadoop);
      return path;
    } catch (IllegalArgumentException | UnsupportedFileSystemException wrong) {
      throw new UserMistakeException(
          "'%s' is no path: %s".formatted(uri, wrong.getMessage()), wrong);
    }
  }

  Path path() {
    return path;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  private Path configuration() {
    return configuration(path);
  }

  /** Where a run's configuration lies. */
  static Path configuration(Path run) {
    return new Path(run, "run.conf");
  }

  Patience patience() {
    return patience;
  }

  CheckpointStore checkpoints() {
    return checkpoints;
  }

  /** The configuration with which the run was started; empty if there is no run here. */
  Optional<Config> readConfiguration() throws IOException {
    if (!fileSystem.exists(configuration())) {
      return Optional.empty();
    }
    return Optional.of(SettingsFile.parseStored(configuration().toString(), hadoop));
  }

  /**
   * Whether a Spark application, an earlier attempt of its driver for instance, began the run here.
   */
  boolean wasBegunBy(String application) throws IOException {
    return readConfiguration()
        .filter(run -> run.hasPath(APPLICATION))
        .filter(run -> run.getString(APPLICATION).equals(application))
        .isPresent();
  }

  /**
   * The settings with which the run that is here is evaluated, some of them set anew.
   *
   * @throws UserMistakeException if there is none
   */
  Settings settings(List<String> overrides) throws IOException {
    return SettingsFile.readForEvaluation(requireConfiguration(), overrides);
  }

  /**
   * The configuration of the run that is here.
   *
   * @throws UserMistakeException if there is none
   */
  Config requireConfiguration() throws IOException {
    return readConfiguration()
        .orElseThrow(
            () ->
                new UserMistakeException(
                    "%s is not a run's folder: it has no run.conf; give the output.dir of a pretrain, or the --out of an import"
                        .formatted(path)));
  }

  /**
   * The newest whole checkpoint; a line to standard error tells of every newer one that is not.
   *
   * @throws UserMistakeException if there is none yet
   * @throws IOException if there are checkpoints, but none is whole
   */
  Checkpoint requireCheckpoint() throws IOException {
    return newestCheckpoint()
        .orElseThrow(
            () ->
                new UserMistakeException(
                    "%s has no checkpoint yet; run pretrain first".formatted(path)));
  }

  /**
   * The same; empty if there is none.
   *
   * @throws UserMistakeException if the heap cannot hold it
   */
  Optional<Checkpoint> newestCheckpoint() throws IOException {
    requireHeap(1);
    return newestCheckpoint(checkpoint -> {});
  }

  /**
   * Whether the heap can hold the largest checkpoint, and what is made of it.
   *
   * @param times how many times its bytes
   * @throws UserMistakeException if it cannot, with the number to set
   */
  void requireHeap(double times) throws IOException {
    long largest = 0;
    for (int rounds : checkpoints().rounds()) {
      largest = Math.max(largest, fileSystem.getFileStatus(checkpoints().path(rounds)).getLen());
    }
    if (largest > 0) {
      DriverMemory.require(
          String.format(Locale.ROOT, "checkpoints of %.1f GB", largest * 1e-9),
          Math.round(times * largest),
          Runtime.getRuntime().maxMemory());
    }
  }

  /** The newest whole checkpoint that also passes a check; empty if there is none. */
  Optional<Checkpoint> newestCheckpoint(CheckpointStore.Check check) throws IOException {
    return checkpoints().latest(LoggedErrors::warn, check);
  }

  /** Whether a file stands where the folder should be. */
  boolean isFile() throws IOException {
    return fileSystem.exists(path) && fileSystem.getFileStatus(path).isFile();
  }

  /** Whether there is anything here, a configuration that was never finished apart. */
  boolean isEmpty() throws IOException {
    try {
      return fileSystem.listStatus(path, file -> !file.getName().contains(INCOMPLETE)).length == 0;
    } catch (FileNotFoundException none) {
      return true;
    }
  }

  /** Writes {@code run.conf}: the resolved configuration, and the versions that made it. */
  void writeConfiguration(Config config) throws IOException {
    Config versions =
        ConfigFactory.parseMap(Versions.current(), "versions")
            .atPath(SettingsFile.VERSIONS + ".versions");
    byte[] text =
        SettingsFile.render(config.withFallback(versions)).getBytes(StandardCharsets.UTF_8);
    patience.insist(
        "write",
        configuration(),
        () -> {
          DurableFile.replace(fileSystem, configuration(), out -> out.write(text));
          return null;
        });
  }
}
