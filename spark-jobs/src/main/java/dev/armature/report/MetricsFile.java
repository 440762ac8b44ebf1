package dev.armature.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.round.Patience;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run's {@code metrics.jsonl}: one JSON object a line, flushed so that it can be followed while
 * the run goes on. Every object carries {@code round}; a resumed run drops the lines of rounds that
 * it will do again. Lines that a file system refuses for a while are written later, each once; on
 * object stores they are there after {@link #persist}. Not thread-safe.
 */
public final class MetricsFile implements Closeable {
  /** Its name within a run's folder. */
  public static final String NAME = "metrics.jsonl";

  private static final String BEFORE = "metrics.before-resume.jsonl";

  /** How the line of a round begins. Lines of steps are many, and need not be read. */
  private static final String ROUND = "{\"type\":\"round\"";

  private static final String FAILURE = "{\"type\":\"failure\"";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final GrowingFile file;
  private final List<MetricsListener> listeners = new ArrayList<>();

  private MetricsFile(GrowingFile file) {
    this.file = file;
  }

  /**
   * Opens a run's metrics.
   *
   * @param folder the run's folder
   * @param rounds number of rounds that are done; lines of later ones are dropped
   * @param patience with which lines are written
   */
  public static MetricsFile open(FileSystem fileSystem, Path folder, int rounds, Patience patience)
      throws IOException {
    return new MetricsFile(
        GrowingFile.open(
            GrowingFile.unbuffered(fileSystem),
            new Path(folder, NAME),
            new Path(folder, BEFORE),
            patience,
            (before, out) -> copy(before, out, rounds)));
  }

  private static void copy(InputStream before, OutputStream out, int rounds) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(before, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (isKept(line, rounds)) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
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
   * Reads the lines of a run in their order, wherever a crash while they were written anew has left
   * them. Those that are cut short, as the last one of a run that goes on or was killed, are passed
   * over.
   *
   * @param folder the run's folder
   * @param line is told of every line; of none if there are no metrics, as of a run that was
   *     imported
   */
  public static void read(FileSystem fileSystem, Path folder, Consumer<JsonNode> line)
      throws IOException {
    try (BufferedReader lines = lines(fileSystem, folder)) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        JsonNode object;
        try {
          object = JSON.readTree(text);
        } catch (JsonProcessingException cutShort) {
          continue;
        }
        line.accept(object);
      }
    }
  }

  private static BufferedReader lines(FileSystem fileSystem, Path folder) throws IOException {
    InputStream in = InputStream.nullInputStream();
    for (String name : new String[] {BEFORE, NAME}) {
      try {
        in = fileSystem.open(new Path(folder, name));
        break;
      } catch (FileNotFoundException none) {
        // The other, or no metrics at all.
      }
    }
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /**
   * Why a run ended; empty if it did not fail, or has done a round since.
   *
   * @param folder the run's folder
   */
  public static Optional<String> failure(FileSystem fileSystem, Path folder) throws IOException {
    String last = "";
    try (BufferedReader lines = lines(fileSystem, folder)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(FAILURE) || line.startsWith(ROUND)) {
          last = line;
        }
      }
    }
    if (!last.startsWith(FAILURE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(last).path("reason").asText());
    } catch (JsonProcessingException cutShort) {
      return Optional.empty();
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
    try (BufferedReader lines = lines(fileSystem, folder)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(ROUND)) {
          secondsPerStep(line).ifPresent(seconds::add);
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

  /** Has a listener told of every line from now on, once it is written. */
  public void tell(MetricsListener listener) {
    listeners.add(listener);
  }

  /**
   * Writes lines and, where the file system can, flushes them.
   *
   * @param lines objects with a {@code round} each, in the order of their keys
   */
  public void write(List<Map<String, Object>> lines) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (Map<String, Object> line : lines) {
      text.write(JSON.writeValueAsBytes(line));
      text.write('\n');
    }
    file.append(text.toByteArray());
    for (MetricsListener listener : listeners) {
      listener.written(lines);
    }
  }

  /**
   * Has all that was written outlive this process, on whatever file system; so do listeners with
   * what they have made of it.
   */
  public void persist() throws IOException {
    file.persist();
    for (MetricsListener listener : listeners) {
      listener.persist();
    }
  }

  /** Closes the file at the end of a run. */
  public void finish() throws IOException {
    file.finish();
  }

  /**
   * Closes the file after a failure, in whatever state it is; after {@link #finish} does nothing.
   */
  @Override
  public void close() {
    file.close();
  }
}
