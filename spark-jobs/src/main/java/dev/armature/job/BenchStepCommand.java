package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.encoder.DeviceMeter;
import dev.armature.round.PhaseTimes;
import dev.armature.round.StepBenchmark;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench step}: the time of a whole training step, and its model work against the rate of a
 * large matrix product measured in the same process; or the times of several variants, in turn.
 */
@Command(
    name = "step",
    description = "Times a whole training step, from augmentation to update, of one worker.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit bench step --set encoder.hidden=256"})
final class BenchStepCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Mixin private Variants variants;

  @Option(names = "--steps", defaultValue = "5", description = "Steps that count (default 5).")
  private int steps;

  @Option(names = "--warm-up", defaultValue = "2", description = "Steps before (default 2).")
  private int warmUp;

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (steps < 1 || warmUp < 0) {
      throw new UserMistakeException(
          "--steps must be at least 1 and --warm-up at least 0, found %d and %d"
              .formatted(steps, warmUp));
    }
    List<List<String>> overrides = variants.overrides();
    if (overrides.isEmpty()) {
      measure(BenchData.plan(options.read(Sessions.hadoop())));
    } else {
      compare(overrides);
    }
    return 0;
  }

  /** One step of each variant after the other, and again. */
  private void compare(List<List<String>> overrides) throws IOException {
    List<TrainingPlan> plans = new ArrayList<>();
    for (List<String> variant : overrides) {
      plans.add(BenchData.plan(options.read(Sessions.hadoop(), variant)));
    }
    StepComparison comparison = new StepComparison(overrides.stream().map(Variants::name).toList());
    List<StepBenchmark> benchmarks = new ArrayList<>();
    // Of those that compute on a device with a clock.
    Map<StepBenchmark, DeviceMeter> meters = new LinkedHashMap<>();
    try {
      for (TrainingPlan plan : plans) {
        StepBenchmark benchmark =
            new StepBenchmark(plan, BenchData.sequences(plan.train().batch()));
        benchmarks.add(benchmark);
        benchmark.meter().ifPresent(meter -> meters.put(benchmark, meter));
      }
      for (int round = 0; round < warmUp + steps; round++) {
        for (int variant = 0; variant < benchmarks.size(); variant++) {
          StepBenchmark benchmark = benchmarks.get(variant);
          PhaseTimes times = run(benchmark, Optional.ofNullable(meters.get(benchmark)), round);
          if (round >= warmUp) {
            comparison.add(variant, times);
          }
        }
      }
    } finally {
      meters.values().forEach(DeviceMeter::close);
      benchmarks.forEach(StepBenchmark::close);
    }
    System.out.printf(
        Locale.ROOT,
        "%d variants in turn, %d cores; medians of %d steps; ratios to the first%n",
        plans.size(),
        plans.get(0).round().coresPerWorker(),
        steps);
    comparison.print(System.out);
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(comparison.result()));
    }
  }

  /** On a device what was only given to it is waited for, and counted as the update. */
  private static PhaseTimes run(StepBenchmark benchmark, Optional<DeviceMeter> meter, int round) {
    meter.ifPresent(DeviceMeter::start);
    PhaseTimes times = benchmark.run(round, 1);
    meter.ifPresent(
        device -> {
          device.stop();
          device.seconds();
          times.charge(PhaseTimes.Phase.UPDATE);
        });
    return times;
  }

  private void measure(TrainingPlan plan) throws IOException {
    StepMeasurement.Result result = new StepMeasurement(plan, warmUp, steps).run();
    print(result, plan);
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(result.figures()));
    }
  }

  private void print(StepMeasurement.Result result, TrainingPlan plan) {
    System.out.printf(
        Locale.ROOT,
        "hidden %d, batch %d, queue %d, %d neighbours, %d cores; medians of %d steps%n",
        plan.encoder().hidden(),
        plan.train().batch(),
        plan.distill().queue(),
        plan.distill().neighbours(),
        plan.round().coresPerWorker(),
        steps);
    String row = "  %%-20s %%10.%df%%n".formatted(result.decimals());
    result.figures().forEach((name, value) -> System.out.printf(Locale.ROOT, row, name, value));
    PhaseTimes phases = result.phases();
    phases
        .seconds()
        .forEach(
            (phase, sum) ->
                System.out.printf(
                    Locale.ROOT,
                    "  %-20s %10.3f s  %4.1f %%%n",
                    phase.name().toLowerCase(Locale.ROOT),
                    sum / steps,
                    100 * sum / phases.total()));
    System.out.printf(
        Locale.ROOT, "  %-20s %10.2f GB%n", "peak resident", ProcessMemory.peakResidentGigabytes());
  }
}
