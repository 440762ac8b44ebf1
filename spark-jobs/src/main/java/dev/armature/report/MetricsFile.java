package dev.armature.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run's {@code metrics.jsonl}: one JSON object a line, flushed so that it can be followed while
 * the run goes on. Every object carries {@code round}; a resumed run drops the lines of rounds that
 * it will do again. Not thread-safe.
 */
public final class MetricsFile implements Closeable {
  private static final String NAME = "metrics.jsonl";
  private static final String BEFORE = "metrics.before-resume.jsonl";

  /** How the line of a round begins. Lines of steps are many, and need not be read. */
  private static final String ROUND = "{\"type\":\"round\"";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FSDataOutputStream out;

  private MetricsFile(FSDataOutputStream out) {
    this.out = out;
  }

  /**
   * Opens a run's metrics.
   *
   * @param folder the run's folder
   * @param rounds number of rounds that are done; lines of later ones are dropped
   */
  public static MetricsFile open(FileSystem fileSystem, Path folder, int rounds)
      throws IOException {
    FileSystem files = unbuffered(fileSystem);
    Path path = new Path(folder, NAME);
    Path before = new Path(folder, BEFORE);
    // A crash between the renames leaves the old lines under the other name.
    if (!files.exists(before) && files.exists(path)) {
      files.rename(path, before);
    }
    FSDataOutputStream out = files.create(path, true);
    if (files.exists(before)) {
      copy(files, before, rounds, out);
      out.hflush();
      files.delete(before, false);
    }
    return new MetricsFile(out);
  }

  /** The local file system with checksums holds lines back until a block of them is full. */
  private static FileSystem unbuffered(FileSystem fileSystem) {
    return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
  }

  private static void copy(FileSystem files, Path from, int rounds, FSDataOutputStream out)
      throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(files.open(from), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        if (isKept(line, rounds)) {
          out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
        line = lines.readLine();
      }
    }
  }

  private static boolean isKept(String line, int rounds) {
    try {
      JsonNode round = JSON.readTree(line).path("round");
      return round.isInt() && round.asInt() < rounds;
    } catch (JsonProcessingException cutShort) {
      // The last line of a run that was killed while writing it.
      return false;
    }
  }

  /**
   * The seconds that a step took in a run so far: the median over its rounds, which a round beside
   * other work on the machine does not move.
   *
   * @param folder the run's folder
   * @return empty if no round is done
   */
  public static OptionalDouble secondsPerStep(FileSystem fileSystem, Path folder)
      throws IOException {
    List<Double> seconds = new ArrayList<>();
    Path path = new Path(folder, NAME);
    if (fileSystem.exists(path)) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(fileSystem.open(path), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith(ROUND)) {
            secondsPerStep(line).ifPresent(seconds::add);
          }
        }
      }
    }
    return seconds.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Median.of(seconds));
  }

  private static Optional<Double> secondsPerStep(String line) {
    try {
      JsonNode round = JSON.readTree(line);
      return Optional.of(round.path("seconds").doubleValue() / round.path("steps").doubleValue());
    } catch (JsonProcessingException cutShort) {
      // A machine that went down loses what it had not yet written of a line.
      return Optional.empty();
    }
  }

  /**
   * Writes lines and flushes them.
   *
   * @param lines objects with a {@code round} each, in the order of their keys
   */
  public void write(Iterable<Map<String, Object>> lines) throws IOException {
    for (Map<String, Object> line : lines) {
      out.write(JSON.writeValueAsBytes(line));
      out.write('\n');
    }
    out.hflush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
