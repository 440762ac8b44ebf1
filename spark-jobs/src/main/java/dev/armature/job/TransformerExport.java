package dev.armature.job;

import dev.armature.evaluate.embedding.SkeletonEncoder;
import dev.armature.evaluate.embedding.TrainedEncoders;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run's encoders as a saved Spark ML transformer.
 *
 * @param run folder of the run
 * @param modalities labels of those that are wanted; empty for all
 * @param layout the name of a layout or a file with one; null for the checkpoint's own
 * @param overrides keys of the run, set anew
 */
record TransformerExport(
    String run, List<String> modalities, String layout, List<String> overrides) {

  /**
   * Writes the transformer under a temporary name and renames it.
   *
   * @param path of the folder
   * @return the exit code
   */
  int write(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    if (files.exists(path)) {
      throw new UserMistakeException(
          "--out: %s is there already; give another name, or delete it".formatted(path));
    }
    RunFolder folder = new RunFolder(run, hadoop);
    TrainedEncoders encoders =
        RunEncoders.forSequences(
            folder,
            folder.settings(overrides),
            Optional.ofNullable(layout).map(word -> PrepareCommand.layout(word, hadoop)),
            modalities);
    return Sessions.run(
        "export",
        1,
        1,
        session -> {
          Path temporary = new Path(path.getParent(), "." + path.getName() + ".incomplete");
          files.delete(temporary, true);
          new SkeletonEncoder(encoders)
              .write()
              .session(session)
              .save(files.makeQualified(temporary).toString());
          if (!files.rename(temporary, path)) {
            throw new IOException("could not rename %s to %s".formatted(temporary, path));
          }
          System.out.printf(
              "Wrote %s: a transformer with query encoders of %s for layout '%s', %d persons, views of %d frames.%nSkeletonEncoder.load(\"%s\") reads it.%n",
              path,
              Modality.labels(encoders.modalities()),
              encoders.layout().name(),
              encoders.persons(),
              encoders.frames(),
              path);
          return 0;
        });
  }
}
