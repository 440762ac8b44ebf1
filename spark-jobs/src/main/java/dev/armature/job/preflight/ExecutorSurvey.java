package dev.armature.job.preflight;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.GpuPrecision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks the processes that run tasks what they are. */
final class ExecutorSurvey {
  private ExecutorSurvey() {}

  /**
   * Has every executor report, as well as that can be done: Spark puts tasks where there is room,
   * and deals a job of as many as there are slots out to all of them.
   *
   * @param slots tasks that can run at once, at least 1
   * @param backend that is to compute encoders
   * @param precision in which a device is to compute
   * @param seconds to wait for the answers, at least 1
   * @return a report of each process that was reached
   * @throws TimeoutException if they do not come
   * @throws ExecutionException if Spark gives the job up
   */
  static List<ProcessReport> reports(
      JavaSparkContext spark,
      int slots,
      EncoderBackend backend,
      GpuPrecision precision,
      long seconds)
      throws TimeoutException, ExecutionException, InterruptedException {
    if (spark.sc().isLocal()) {
      return List.of(NativeProbe.look(backend, precision));
    }
    List<Integer> tasks = IntStream.range(0, slots).boxed().toList();
    JavaFutureAction<List<ProcessReport>> job =
        spark
            .parallelize(tasks, slots)
            .map(task -> NativeProbe.look(backend, precision))
            .collectAsync();
    Map<String, ProcessReport> byExecutor = new LinkedHashMap<>();
    try {
      for (ProcessReport report : job.get(seconds, TimeUnit.SECONDS)) {
        // Its tasks have GPUs of their own.
        byExecutor.merge(report.executor(), report, ProcessReport::and);
      }
    } catch (TimeoutException late) {
      job.cancel(true);
      throw late;
    }
    return new ArrayList<>(byExecutor.values());
  }
}
