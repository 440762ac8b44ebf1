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
   * @param phases of all steps that count, by the clock of the processor
   */
  record Result(Map<String, Double> figures, PhaseTimes phases) {}

  Result run() {
    int batch = plan.train().batch();
    try (StepBenchmark benchmark = new StepBenchmark(plan, BenchData.sequences(batch))) {
      Optional<DeviceMeter> meter = benchmark.meter();
      return meter.isPresent() ? onDevice(benchmark, meter.get()) : onProcessor(benchmark);
    }
  }

  private Result onProcessor(StepBenchmark benchmark) {
    List<Double> seconds = new ArrayList<>();
    List<Double> products = new ArrayList<>();
    PhaseTimes phases = new PhaseTimes();
    try (MatrixProductRate product = new MatrixProductRate(plan.round().coresPerWorker())) {
      for (int step = 0; step < warmUp; step++) {
        benchmark.run(step, 1);
        product.measure();
      }
      for (int step = 0; step < steps; step++) {
        products.add(product.measure());
        PhaseTimes times = benchmark.run(warmUp + step, 1);
        seconds.add(times.total());
        phases.add(times);
        products.add(product.measure());
      }
    }
    double step = Median.of(seconds);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("secondsPerStep", step);
    figures.put("sequencesPerSecond", plan.train().batch() / step);
    figures.put("gflops", operations() * 1e-9 / step);
    figures.put("sgemmGflops", Median.of(products));
    figures.put("ratio", operations() * 1e-9 / step / Median.of(products));
    return new Result(figures, phases);
  }

  private double operations() {
    return EncoderWork.step(
        plan.encoder(), plan.modalities().size(), plan.train().batch(), plan.augment().frames());
  }

  /** By the device's clock; what it can do at most is measured before the steps and after them. */
  private Result onDevice(StepBenchmark benchmark, DeviceMeter meter) {
    List<Double> seconds = new ArrayList<>();
    List<Double> withoutViews = new ArrayList<>();
    PhaseTimes phases = new PhaseTimes();
    try (meter) {
      double takenBefore = meter.bytes() - meter.bytesFree();
      List<Double> products = new ArrayList<>(List.of(meter.productRate()));
      List<Double> copies = new ArrayList<>(List.of(meter.copyRate()));
      for (int step = 0; step < warmUp + steps; step++) {
        meter.start();
        PhaseTimes times = benchmark.run(step, 1);
        meter.stop();
        double passed = meter.seconds();
        if (step >= warmUp) {
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
              plan.train().batch(),
              operations(),
              EncoderWork.leastBytes(
                  plan.encoder(),
                  plan.modalities().size(),
                  plan.train().batch(),
                  plan.augment().frames(),
                  plan.distill().queue()),
              Median.of(products),
              Median.of(copies),
              takenBefore,
              takenAfter,
              meter.bytes());
      return new Result(figures.byName(), phases);
    }
  }
}
