package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.armature.dataset.DatasetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds the run that a run is to be compared with: the last one before it, of the same recipe. */
final class PreviousRun {
  /** Folders that are looked into. */
  private static final int MOST = 100;

  private PreviousRun() {}

  /** A run's folder, and when its configuration was written. */
  private record Candidate(Path folder, long written) {}

  /**
   * Looks among the folders beside a run's own. Recipes are the same if they lead to the same
   * numbers from the same data, whatever the seed.
   *
   * @param run that has a configuration
   * @return empty if there is none
   */
  static Optional<RunFolder> of(RunFolder run, Config configuration, Configuration hadoop)
      throws IOException {
    Optional<Long> began = written(run.fileSystem(), run.path());
    if (began.isEmpty() || run.path().getParent() == null) {
      return Optional.empty();
    }
    for (Candidate candidate : candidates(run, began.get())) {
      RunFolder folder = new RunFolder(candidate.folder().toString(), hadoop);
      if (isSameRecipe(folder, configuration)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  /** The newest first. */
  private static List<Candidate> candidates(RunFolder run, long began) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (FileStatus beside : run.fileSystem().listStatus(run.path().getParent())) {
      if (beside.isDirectory() && !beside.getPath().equals(run.path())) {
        written(run.fileSystem(), beside.getPath())
            .filter(written -> written <= began)
            .ifPresent(written -> candidates.add(new Candidate(beside.getPath(), written)));
      }
    }
    candidates.sort(
        Comparator.comparingLong(Candidate::written)
            .thenComparing(candidate -> candidate.folder().getName())
            .reversed());
    return candidates.subList(0, Math.min(MOST, candidates.size()));
  }

  private static Optional<Long> written(FileSystem files, Path folder) throws IOException {
    try {
      return Optional.of(
          files.getFileStatus(RunFolder.configuration(folder)).getModificationTime());
    } catch (FileNotFoundException noRun) {
      return Optional.empty();
    }
  }

  private static boolean isSameRecipe(RunFolder other, Config configuration) {
    try {
      return other
          .readConfiguration()
          .filter(found -> recipe(found).equals(recipe(configuration)))
          .isPresent();
    } catch (ConfigException | UserMistakeException | DatasetException | IOException unreadable) {
      // A folder that is no run's, or not whole, is not what is looked for.
      return false;
    }
  }

  private static Config recipe(Config configuration) {
    return Provenance.numbers(configuration, 0)
        .withoutPath("train.seed")
        .withoutPath(SettingsFile.VERSIONS);
  }
}
