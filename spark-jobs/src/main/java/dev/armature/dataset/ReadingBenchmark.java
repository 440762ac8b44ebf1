package dev.armature.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;

/** Times reading and normalizing, without Spark: what each executor does in a preparation. */
public final class ReadingBenchmark {
  private ReadingBenchmark() {}

  /**
   * What was measured.
   *
   * @param recordings how many were read, good and bad
   * @param bytes their size
   * @param seconds the time it took on all threads together
   */
  public record Result(int recordings, long bytes, double seconds) {
    /** Recordings a second. */
    public double rate() {
      return recordings / seconds;
    }
  }

  /**
   * Reads every recording of a data set once.
   *
   * @param threads how many read at the same time, at least 1
   * @throws IOException if the source fails
   */
  public static Result run(RawDataset dataset, int threads, Configuration hadoop)
      throws IOException {
    List<Recording> recordings = dataset.inventory(hadoop).recordings();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      List<Callable<Void>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        List<Recording> part =
            recordings.subList(
                (int) ((long) recordings.size() * thread / threads),
                (int) ((long) recordings.size() * (thread + 1) / threads));
        parts.add(() -> read(dataset, part, hadoop));
      }
      for (Future<Void> part : pool.invokeAll(parts)) {
        part.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      long bytes = recordings.stream().mapToLong(Recording::bytes).sum();
      return new Result(recordings.size(), bytes, seconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while timing", e);
    } catch (ExecutionException e) {
      throw new IOException("reading failed: " + e.getCause().getMessage(), e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Void read(RawDataset dataset, List<Recording> part, Configuration hadoop)
      throws IOException {
    try (RecordingReader reader = dataset.open(hadoop)) {
      for (Recording recording : part) {
        try {
          reader.read(recording);
        } catch (BadRecordingException ignored) {
          // It took its time as well; what is wrong with it is for the preparation to say.
        }
      }
    }
    return null;
  }
}
