package dev.armature.dataset.synthetic;

import dev.armature.dataset.ntu.NtuName;
import dev.armature.dataset.ntu.SkeletonTextWriter;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes generated recordings as a folder of NTU RGB+D texts, for benchmarks and trials. */
public final class GeneratedTexts {
  private GeneratedTexts() {}

  /**
   * Writes the first recordings of a generated data set, actions in turn.
   *
   * @param folder Hadoop path; made if it is not there
   * @param files how many, at most as many as the data set has
   * @return how many bytes were written
   * @throws IOException if the file system fails
   */
  public static long write(SyntheticOptions options, String folder, int files, Configuration hadoop)
      throws IOException {
    MotionGenerator generator = new MotionGenerator(options);
    int actions = MotionGenerator.actions().size();
    FileSystem fileSystem = new Path(folder).getFileSystem(hadoop);
    long bytes = 0;
    int most = actions * options.subjects() * options.repetitions() * Sensor.CAMERAS;
    for (int i = 0; i < Math.min(files, most); i++) {
      int label = i % actions;
      int camera = i / actions % Sensor.CAMERAS + 1;
      int subject = i / actions / Sensor.CAMERAS % options.subjects() + 1;
      int repetition = i / actions / Sensor.CAMERAS / options.subjects() + 1;
      NtuName name = new NtuName(1, camera, subject, repetition, label + 1);
      byte[] text = SkeletonTextWriter.write(generator.record(label, subject, repetition, camera));
      try (OutputStream out = fileSystem.create(new Path(folder, name + ".skeleton"), true)) {
        out.write(text);
      }
      bytes += text.length;
    }
    return bytes;
  }
}
