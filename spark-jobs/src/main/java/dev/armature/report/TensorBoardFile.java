package dev.armature.report;

import dev.armature.round.Patience;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run's numbers for TensorBoard, in a file of events that grows with the run: {@code
 * tensorboard/events.out.tfevents.…}. All that is a number in the metrics is a scalar, at the step
 * that the run had reached. The first dot of a key is a slash in the tag, so that TensorBoard shows
 * a family side by side ({@code loss/total}); before other keys, and those of an evaluation, stands
 * the kind of line ({@code round/workers}).
 *
 * <p>A run that goes on gets a file with a later name, which begins with what is still true of the
 * one before; that one is then deleted. TensorBoard reads files of a folder by their names, and
 * forgets what it has read where a file begins with the start of a session. So steps that are done
 * again are in no file twice, whoever reads it. Not thread-safe.
 */
public final class TensorBoardFile implements MetricsListener, Closeable {
  private static final String FOLDER = "tensorboard";
  private static final String PREFIX = "events.out.tfevents.";
  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d+)\\..*");

  /** Where the file is while it is written anew; no name that TensorBoard takes for its own. */
  private static final String BEFORE = "before-rewriting";

  private final GrowingFile file;
  private final InstantSource clock;
  private long step;

  private TensorBoardFile(GrowingFile file, InstantSource clock, long step) {
    this.file = file;
    this.clock = clock;
    this.step = step;
  }

  /**
   * Opens a run's file.
   *
   * @param folder the run's folder
   * @param steps steps of the run that are done; numbers of later ones are dropped
   * @param patience with which it is written
   * @param clock tells when numbers were written
   */
  public static TensorBoardFile open(
      FileSystem fileSystem, Path folder, long steps, Patience patience, InstantSource clock)
      throws IOException {
    FileSystem files = GrowingFile.unbuffered(fileSystem);
    Path events = new Path(folder, FOLDER);
    List<Path> old =
        patience.insist(
            "look into", events, () -> wholeAndOthers(files, files.makeQualified(events)));
    Path before = old.isEmpty() ? new Path(events, BEFORE) : old.get(0);
    GrowingFile file =
        GrowingFile.open(
            files,
            new Path(events, PREFIX + "%010d.armature".formatted(second(old, clock.instant()))),
            before,
            patience,
            (in, out) -> copy(in, out, steps, clock.instant()));
    return new TensorBoardFile(file, clock, steps);
  }

  /** The files there are, oldest first, of which only that one is left. */
  private static List<Path> wholeAndOthers(FileSystem files, Path events) throws IOException {
    List<Path> found = new ArrayList<>();
    try {
      for (FileStatus file : files.listStatus(events, path -> isEvents(path))) {
        found.add(file.getPath());
      }
    } catch (FileNotFoundException none) {
      return found;
    }
    Collections.sort(found);
    // A crash may have left newer ones, which were to have what the oldest has and were never done.
    for (Path other : found.subList(Math.min(1, found.size()), found.size())) {
      files.delete(other, false);
    }
    return found;
  }

  private static boolean isEvents(Path path) {
    return NAME.matcher(path.getName()).matches();
  }

  /** In a name, later than those of all files there were. */
  private static long second(List<Path> old, Instant now) {
    long second = now.getEpochSecond();
    for (Path file : old) {
      Matcher name = NAME.matcher(file.getName());
      if (name.matches()) {
        second = Math.max(second, Long.parseLong(name.group(1)) + 1);
      }
    }
    return second;
  }

  private static void copy(InputStream before, OutputStream out, long steps, Instant now)
      throws IOException {
    RecordFrames.write(out, TensorBoardEvent.version(now));
    RecordFrames.write(out, TensorBoardEvent.start(now, 0));
    InputStream in = new BufferedInputStream(before, 1 << 16);
    Optional<byte[]> event = RecordFrames.read(in);
    while (event.isPresent()) {
      OptionalLong step = TensorBoardEvent.stepOfScalars(event.get());
      // What was measured before the first step is measured again where there is none.
      if (step.isPresent() && step.getAsLong() <= steps && steps > 0) {
        RecordFrames.write(out, event.get());
      }
      event = RecordFrames.read(in);
    }
  }

  @Override
  public void written(List<Map<String, Object>> lines) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    Instant now = clock.instant();
    for (Map<String, Object> line : lines) {
      if (line.get("step") instanceof Number reached) {
        step = reached.longValue();
      }
      Map<String, Double> tagged = new LinkedHashMap<>();
      Figures.of(line).forEach((key, value) -> tagged.put(tag(Figures.type(line), key), value));
      RecordFrames.write(records, TensorBoardEvent.scalars(now, step, tagged));
    }
    file.append(records.toByteArray());
  }

  @Override
  public void persist() throws IOException {
    file.persist();
  }

  private static String tag(String type, String key) {
    return type.equals("evaluation") || !key.contains(".")
        ? type + "/" + key
        : key.replaceFirst("\\.", "/");
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
