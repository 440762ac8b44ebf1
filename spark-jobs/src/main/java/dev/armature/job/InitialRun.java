package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.dataset.store.Manifest;
import dev.armature.round.Checkpoint;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The run that a new one starts from ({@code init.from}): trained here, or imported. Its newest
 * whole checkpoint, momentum and queues included, is round 0 of the new run.
 */
final class InitialRun {
  /** The key that names its folder. */
  static final String FROM = "init.from";

  private final RunFolder folder;

  private InitialRun(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * The run in a folder, which is not looked into yet.
   *
   * @param from empty for none
   * @throws UserMistakeException if that is no path
   */
  static Optional<InitialRun> of(String from, Configuration hadoop) throws IOException {
    return from.isBlank()
        ? Optional.empty()
        : Optional.of(new InitialRun(new RunFolder(from, hadoop)));
  }

  /**
   * The sizes of its encoders and queues, as its configuration names them.
   *
   * @throws UserMistakeException if the folder holds no run
   */
  Config sizes() throws IOException {
    if (folder.isFile()) {
      throw new UserMistakeException(
          "%1$s: %2$s is a file, expected a run's folder; of a checkpoint for PyTorch make one with import --from %2$s --out DIR"
              .formatted(FROM, folder.path()));
    }
    try {
      return sizes(folder.requireConfiguration());
    } catch (UserMistakeException none) {
      throw refused(none);
    }
  }

  /**
   * The sizes that a configuration takes from the run it starts from; none if it starts from none.
   *
   * @param given what the user gives, without defaults
   * @throws UserMistakeException if it names a run that is not there
   */
  static Config sizes(Config given, Configuration hadoop) throws IOException {
    Optional<InitialRun> initial = of(SettingsFile.text(given, FROM), hadoop);
    return initial.isPresent() ? initial.get().sizes() : ConfigFactory.empty();
  }

  /** What a run's configuration says about sizes, and nothing else. */
  static Config sizes(Config configuration) {
    Config sizes = ConfigFactory.empty();
    for (String key : EncoderSizes.KEYS) {
      if (configuration.hasPath(key)) {
        sizes = sizes.withValue(key, configuration.getValue(key));
      }
    }
    return sizes;
  }

  /**
   * The start of a new run.
   *
   * @param provenance of the new run, without what it starts from
   * @throws UserMistakeException if there is no whole checkpoint, or it does not fit the settings
   *     or the data
   */
  RunStart start(Settings settings, Manifest manifest, Map<String, String> provenance)
      throws IOException {
    Checkpoint checkpoint = newest();
    int rounds = checkpoint.state().rounds();
    requireFit(checkpoint, settings, manifest);
    TrainingState state =
        new TrainingState(
            0,
            checkpoint.state().steps(),
            settings.init().epoch(),
            checkpoint.state().model(),
            checkpoint.state().queues());
    return new RunStart(
        state,
        Provenance.startedFrom(folder.checkpoints().checksum(rounds), provenance),
        "Starting from %s: %d steps, %d epochs, of which %d count here (init.epoch)%s.%n%s"
            .formatted(
                folder.checkpoints().path(rounds),
                checkpoint.state().steps(),
                checkpoint.state().epochs(),
                settings.init().epoch(),
                settings.init().batch() == 0
                    ? ""
                    : ", and %d batches (init.batch)".formatted(settings.init().batch()),
                DataFit.remark(checkpoint)));
  }

  /**
   * The SHA-256 of its newest whole checkpoint, in hexadecimal digits.
   *
   * @throws UserMistakeException if there is none
   */
  String checksum() throws IOException {
    return folder.checkpoints().checksum(newest().state().rounds());
  }

  private Checkpoint newest() throws IOException {
    boolean any = !folder.checkpoints().rounds().isEmpty();
    try {
      return folder.requireCheckpoint();
    } catch (UserMistakeException none) {
      throw refused(none);
    } catch (IOException broken) {
      if (any) {
        throw refused(broken);
      }
      throw broken;
    }
  }

  private static UserMistakeException refused(Exception cause) {
    return new UserMistakeException(
        "%s: %s; it needs the folder of a run that has a whole checkpoint"
            .formatted(FROM, cause.getMessage()),
        cause);
  }

  private void requireFit(Checkpoint checkpoint, Settings settings, Manifest manifest) {
    List<String> problems = EncoderSizes.differences(settings, checkpoint);
    DataFit.misfit(checkpoint, manifest)
        .ifPresent(
            misfit -> problems.add("data.path = %s: %s".formatted(settings.dataPath(), misfit)));
    if (!problems.isEmpty()) {
      throw new UserMistakeException(
          "%s: the run cannot start from %s:\n  - %s\nLeave a key of sizes out, so that it is taken from %s/run.conf; prepare data with the layout and persons of the checkpoint's; or start from another run."
              .formatted(
                  FROM,
                  folder.checkpoints().path(checkpoint.state().rounds()),
                  String.join("\n  - ", problems),
                  folder.path()));
    }
  }
}
