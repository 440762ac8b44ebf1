package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.DatasetException;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Finds the runs that a run can be compared with: those of the same recipe before it. */
final class PreviousRun {
  /** Folders that are looked into, so that a report of a large folder does not take for ever. */
  private static final int MOST = 100;

  /** What another run's folder stands for, wherever it is. */
  private static final String ANOTHER_RUN = "another run";

  private PreviousRun() {}

  /** A run's folder, and when the run was begun. */
  private record Candidate(RunFolder folder, Instant begun) {}

  /**
   * Looks among the folders beside a run's own; one that cannot be read is passed over. Recipes are
   * the same if they lead to the same numbers from the same data, whatever the seed.
   *
   * @param run that has a configuration
   * @return the last before the run first
   * @throws IOException if the folder they lie in cannot be listed
   */
  static List<RunFolder> of(RunFolder run, Config configuration, Configuration hadoop)
      throws IOException {
    if (run.path().getParent() == null) {
      return List.of();
    }
    Instant begun = begun(run, configuration);
    FileStatus[] beside = run.fileSystem().listStatus(run.path().getParent());
    Arrays.sort(beside, Comparator.comparingLong(FileStatus::getModificationTime).reversed());
    List<Candidate> found = new ArrayList<>();
    for (FileStatus status : Arrays.copyOf(beside, Math.min(MOST, beside.length))) {
      if (status.isDirectory() && !status.getPath().equals(run.path())) {
        candidate(status.getPath(), configuration, hadoop)
            .filter(candidate -> candidate.begun().isBefore(begun))
            .ifPresent(found::add);
      }
    }
    return found.stream()
        .sorted(
            Comparator.comparing(Candidate::begun)
                .thenComparing(candidate -> candidate.folder().path().getName())
                .reversed())
        .map(Candidate::folder)
        .toList();
  }

  private static Optional<Candidate> candidate(
      Path path, Config configuration, Configuration hadoop) {
    try {
      RunFolder folder = new RunFolder(path.toString(), hadoop);
      Optional<Config> found = folder.readConfiguration();
      return found.isPresent() && isSameRecipe(found.get(), configuration)
          ? Optional.of(new Candidate(folder, begun(folder, found.get())))
          : Optional.empty();
    } catch (ConfigException | UserMistakeException | DatasetException | IOException unreadable) {
      return Optional.empty();
    }
  }

  /** Older versions did not write it down. */
  private static Instant begun(RunFolder folder, Config configuration) throws IOException {
    if (configuration.hasPath(RunFolder.BEGUN)) {
      try {
        return Instant.parse(configuration.getString(RunFolder.BEGUN));
      } catch (DateTimeParseException garbled) {
        // As if it were not there.
      }
    }
    return Instant.ofEpochMilli(
        folder
            .fileSystem()
            .getFileStatus(RunFolder.configuration(folder.path()))
            .getModificationTime());
  }

  private static boolean isSameRecipe(Config before, Config now) {
    return ConfigDifferences.between(recipe(before), recipe(now)).isEmpty()
        && SettingsFile.text(before, "train.epochs").equals(SettingsFile.text(now, "train.epochs"));
  }

  /** What a run begins with is part of its recipe; where that lies is not. */
  private static String recipe(Config configuration) {
    boolean fromAnother = !SettingsFile.text(configuration, InitialRun.FROM).isBlank();
    return Provenance.numbers(configuration, 0)
        .withoutPath("train.seed")
        .withoutPath(SettingsFile.VERSIONS)
        .withValue(InitialRun.FROM, ConfigValueFactory.fromAnyRef(fromAnother ? ANOTHER_RUN : ""))
        .root()
        .render(ConfigRenderOptions.concise());
  }
}
