package dev.armature.job.preflight;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Whether executors see the files that the driver sees: a {@code file:} path is another on every
 * machine unless a network file system is mounted there, and a bucket's keys may have reached the
 * driver alone.
 */
public final class ExecutorFilesCheck {
  private final JavaSparkContext spark;
  private final int tasks;

  /**
   * @param workers that are to train side by side
   */
  public ExecutorFilesCheck(SparkContext spark, int workers) {
    this.spark = JavaSparkContext.fromSparkContext(spark);
    this.tasks = Math.max(workers, ExecutorCount.of(spark).slots());
  }

  /**
   * Has every executor read a file.
   *
   * @param file that the driver has read
   * @param key of the configuration that names where it is
   */
  public Finding data(Path file, String key) {
    return finding("data on executors", file, key, false);
  }

  /**
   * Has every executor read a file that is made for it, and write one, in a folder that executors
   * are to write to, or in the one above it that is there. Leaves nothing behind.
   *
   * @param key of the configuration that names it
   */
  public Finding output(FileSystem fileSystem, Path folder, String key) {
    Path existing = folder;
    try {
      while (!fileSystem.exists(existing) && existing.getParent() != null) {
        existing = existing.getParent();
      }
      Path probe = new Path(existing, ".armature-probe-" + UUID.randomUUID());
      try {
        try (OutputStream out = fileSystem.create(probe, false)) {
          out.write(1);
        }
        return finding("output on executors", probe, key, true);
      } finally {
        fileSystem.delete(probe, false);
      }
    } catch (IOException refused) {
      return Finding.refused(
          "output on executors",
          "nothing can be written to %s: %s; give another %s"
              .formatted(existing, refused.getMessage(), key));
    }
  }

  private Finding finding(String check, Path file, String key, boolean write) {
    String path = file.toString();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    return of(
        check,
        file.getParent(),
        key,
        spark.parallelize(numbers, tasks).map(task -> look(path, write)).collect());
  }

  /**
   * What an executor has seen.
   *
   * @param host where it is
   * @param problem why it could not read the file; empty if it could
   */
  record Sight(String host, String problem) implements Serializable {}

  private static Sight look(String file, boolean write) {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    try {
      Path path = new Path(file);
      FileSystem files =
          path.getFileSystem(SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()));
      try (InputStream in = files.open(path)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      if (write) {
        OutputFolderCheck.write(files, path.getParent());
      }
      return new Sight(host, "");
    } catch (IOException | RuntimeException refused) {
      return new Sight(host, String.valueOf(refused.getMessage()).lines().findFirst().orElse(""));
    }
  }

  static Finding of(String check, Path folder, String key, List<Sight> sights) {
    List<Sight> blind = new ArrayList<>(sights);
    blind.removeIf(sight -> sight.problem().isEmpty());
    if (blind.isEmpty()) {
      return Finding.ok(check, "open to all", "");
    }
    TreeSet<String> hosts = new TreeSet<>();
    blind.forEach(sight -> hosts.add(sight.host()));
    return Finding.fail(
        check,
        "refused on " + String.join(", ", hosts),
        "open to every executor",
        "executors cannot do what the driver can in %s (%s): put %s on a file system that all machines have, HDFS for instance, and let executors have the rights and keys for it"
            .formatted(folder, blind.get(0).problem(), key));
  }
}
