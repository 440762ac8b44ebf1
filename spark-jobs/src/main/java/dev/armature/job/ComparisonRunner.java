package dev.armature.job;

import dev.armature.evaluate.EvaluationProgress;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Does what is left of a comparison, several runs side by side if wanted, in one Spark application.
 * A run that fails does not stop the others. No figure depends on what goes on beside it: of what
 * runs share in a process, only OpenBLAS's number of threads is in the bits, and it stays at one.
 */
final class ComparisonRunner {
  private static final int BLAS_THREADS = 1;

  private final SparkSession session;
  private final Comparison comparison;
  private final ComparisonFiles files;
  private final int parallel;
  private final Map<String, String> failures = new TreeMap<>();
  private final Set<String> underWay = new HashSet<>();

  /**
   * @param files are written anew after every run
   * @param parallel how many runs go on side by side, at least 1
   */
  ComparisonRunner(
      SparkSession session, Comparison comparison, ComparisonFiles files, int parallel) {
    this.session = session;
    this.comparison = comparison;
    this.files = files;
    this.parallel = parallel;
  }

  /**
   * Trains and evaluates.
   *
   * @param left the runs that are not done, with how far they are
   * @return why runs failed, by their name
   * @throws IOException if table or chart cannot be written
   */
  Map<String, String> run(Map<ComparisonCell, CellState> left) throws IOException {
    ComparisonProgress progress = new ComparisonProgress(left);
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallel, left.size()));
    try {
      List<Future<?>> running = new ArrayList<>();
      for (ComparisonCell cell : left.keySet()) {
        running.add(threads.submit(() -> run(cell, left.get(cell), progress)));
      }
      for (Future<?> each : running) {
        await(each);
      }
    } finally {
      threads.shutdownNow();
    }
    return failures;
  }

  private static void await(Future<?> running) throws IOException {
    try {
      running.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("the comparison was interrupted", stopped);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      if (failed.getCause() instanceof IOException unwritable) {
        throw unwritable;
      }
      if (failed.getCause() instanceof RuntimeException other) {
        throw other;
      }
      throw new IllegalStateException(failed.getCause().getMessage(), failed.getCause());
    }
  }

  /** Returns nothing, so that the pool takes it for a task that may throw. */
  private Void run(ComparisonCell cell, CellState state, ComparisonProgress progress)
      throws Exception {
    synchronized (files) {
      underWay.add(cell.run());
    }
    long began = progress.started(cell, state);
    String failure = "";
    try {
      // Its last checkpoint may be there and not be whole: then it goes on from the one before.
      int cores = Sessions.taskCores(session);
      Configuration hadoop = session.sparkContext().hadoopConfiguration();
      PreparedRun prepared = PreparedRun.of(cell.settings(), cores, true, hadoop);
      TrainingRun training =
          new TrainingRun(session, prepared, parallel, line -> progress.tell(cell, line));
      if (training.start().state().rounds() < cell.rounds()) {
        training.train(report -> progress.stepped(cell, report.round().steps()));
      } else {
        training.requireSound();
      }
      progress.done(cell, began, evaluate(cell));
    } catch (Exception failed) {
      // Not by name: a failed Spark job is a checked exception that no method of Spark's declares.
      if (session.sparkContext().isStopped() || failed instanceof InterruptedException) {
        throw failed;
      }
      failure = Failures.describe(failed);
      progress.failed(cell, failure);
    }
    synchronized (files) {
      if (!failure.isEmpty()) {
        failures.put(cell.run(), failure);
      }
      underWay.remove(cell.run());
      files.write(failures, underWay);
    }
    return null;
  }

  private EvaluationResult evaluate(ComparisonCell cell) throws IOException {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    RunFolder folder = new RunFolder(cell.settings().outputDir(), hadoop);
    Set<EvaluationProtocol> protocols = EnumSet.copyOf(comparison.protocols());
    return new RunEvaluation(session, folder, cell.settings(), cell.settings().dataPath())
        .run(protocols, BLAS_THREADS, EvaluationProgress.SILENT, false);
  }
}
