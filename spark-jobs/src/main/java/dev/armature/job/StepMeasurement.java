package dev.armature.job;

import dev.armature.encoder.DeviceMeter;
import dev.armature.encoder.EncoderWork;
import dev.armature.report.Median;
import dev.armature.round.PhaseTimes;
import dev.armature.round.PhaseTimes.Phase;
import dev.armature.round.StepBenchmark;
import dev.armature.round.TrainingPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** Whole training steps of one plan, in figures. */
final class StepMeasurement {
  private final TrainingPlan plan;
  private final int warmUp;
  private final int steps;

  /**
   * @param warmUp steps before those that count
   * @param steps at least 1
   */
  StepMeasurement(TrainingPlan plan, int warmUp, int steps) {
    this.plan = plan;
    this.warmUp = warmUp;
    this.steps = steps;
  }

  /**
   * What was measured.
   *
   * @param figures medians by name
   * @param decimals with which they are shown
   * @param phases of all steps that count, by the clock of the processor
   */
  record Result(Map<String, Double> figures, int decimals, PhaseTimes phases) {}

  /**
   * What a step has to do.
   *
   * @param operations of matrix products
   * @param leastBytes that are moved at least
   */
  record Work(int batch, double operations, double leastBytes) {
    static Work of(TrainingPlan plan) {
      int modalities = plan.modalities().size();
      int batch = plan.train().batch();
      int frames = plan.augment().frames();
      int queue = plan.distill().queue();
      return new Work(
          batch,
          EncoderWork.step(plan.encoder(), modalities, batch, frames),
          EncoderWork.leastBytes(plan.encoder(), modalities, batch, frames, queue));
    }
  }

  Result run() {
    int batch = plan.train().batch();
    try (StepBenchmark benchmark = new StepBenchmark(plan, BenchData.sequences(batch))) {
      Optional<DeviceMeter> meter = benchmark.meter();
      return meter.isPresent()
          ? onDevice(meter.get(), Work.of(plan), warmUp, steps, step -> benchmark.run(step, 1))
          : onProcessor(benchmark, Work.of(plan));
    }
  }

  private Result onProcessor(StepBenchmark benchmark, Work work) {
    List<Double> seconds = new ArrayList<>();
    List<Double> products = new ArrayList<>();
    PhaseTimes phases = new PhaseTimes();
    // On a GPU without a clock of its own a step's end shows in the next one's time, if that
    // follows at once.
    boolean compares = !plan.backend().onGpu();
    try (MatrixProductRate product = new MatrixProductRate(plan.round().coresPerWorker())) {
      for (int step = 0; step < warmUp + steps; step++) {
        if (compares) {
          products.add(product.measure());
        }
        PhaseTimes times = benchmark.run(step, 1);
        if (compares) {
          products.add(product.measure());
        }
        if (step >= warmUp) {
          seconds.add(times.total());
          phases.add(times);
        } else {
          products.clear();
        }
      }
    }
    double step = Median.of(seconds);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("secondsPerStep", step);
    figures.put("sequencesPerSecond", work.batch() / step);
    figures.put("gflops", work.operations() * 1e-9 / step);
    if (compares) {
      figures.put("sgemmGflops", Median.of(products));
      figures.put("ratio", work.operations() * 1e-9 / step / Median.of(products));
    }
    return new Result(figures, 3, phases);
  }

  /**
   * By the device's clock; what it can do at most is measured before the steps and after them.
   *
   * @param meter closed in the end
   * @param step takes the step of a number
   */
  static Result onDevice(
      DeviceMeter meter, Work work, int warmUp, int steps, IntFunction<PhaseTimes> step) {
    List<Double> seconds = new ArrayList<>();
    List<Double> withoutViews = new ArrayList<>();
    PhaseTimes phases = new PhaseTimes();
    try (meter) {
      double takenBefore = meter.bytes() - meter.bytesFree();
      List<Double> products = new ArrayList<>(List.of(meter.productRate()));
      List<Double> copies = new ArrayList<>(List.of(meter.copyRate()));
      for (int number = 0; number < warmUp + steps; number++) {
        meter.start();
        PhaseTimes times = step.apply(number);
        meter.stop();
        double passed = meter.seconds();
        if (number >= warmUp) {
          seconds.add(passed);
          withoutViews.add(passed - times.seconds().getOrDefault(Phase.VIEWS, 0.0));
          phases.add(times);
        }
      }
      double takenAfter = meter.bytes() - meter.bytesFree();
      products.add(meter.productRate());
      copies.add(meter.copyRate());
      DeviceStepFigures figures =
          new DeviceStepFigures(
              Median.of(seconds),
              Median.of(withoutViews),
              work.batch(),
              work.operations(),
              work.leastBytes(),
              Median.of(products),
              Median.of(copies),
              takenBefore,
              takenAfter,
              meter.bytes());
      return new Result(figures.byName(), 5, phases);
    }
  }
}
