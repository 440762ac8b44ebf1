package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.EngineComparison.Deviation;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuPrecision;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench gpu-check}: whether the GPU's engine computes what the processor's does. Exit code 1
 * where a tensor is further off than the precision explains. In a build whose arrays are on a GPU
 * the two engines of GPUs are held against each other.
 */
@Command(
    name = "gpu-check",
    description = "Holds every tensor of training steps on the GPU against another engine's.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit bench gpu-check --set encoder.hidden=256",
      "  deploy/local/submit bench gpu-check --set gpu.precision=tf32 --all",
      "  deploy/local/submit bench gpu-check --steps 50 --within 1e-3"
    })
final class BenchGpuCheckCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  @Mixin private SettingsOptions options;

  @Option(names = "--steps", defaultValue = "1", description = "Steps to take (default 1).")
  private int steps;

  @Option(names = "--gpu", paramLabel = "N", description = "Which GPU (default: the first).")
  private String gpu = "";

  @Option(
      names = "--within",
      paramLabel = "SHARE",
      description =
          "How far off a tensor may be, as a share of its length (default: by the precision, for some steps).")
  private Double within;

  @Option(names = "--all", description = "Print every tensor, not only those furthest off.")
  private boolean all;

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (steps < 1) {
      throw new UserMistakeException("--steps must be at least 1, found %d".formatted(steps));
    }
    if (within != null && !(within > 0)) {
      throw new UserMistakeException("--within must be above 0, found %s".formatted(within));
    }
    Settings settings = options.read(Sessions.hadoop());
    GpuExecution execution = settings.encoder().execution();
    EncoderBackend candidate =
        settings.encoder().backend() == EncoderBackend.ND4J_CUDA
            ? EncoderBackend.ND4J_CUDA
            : EncoderBackend.CUDNN;
    // Before the work of the processor.
    System.out.println(
        EncoderEngines.provider(candidate).describe(gpu, execution.precision()).text());
    EncoderBackend reference = reference(candidate);
    if (reference.onGpu()) {
      System.out.println(
          "held against: "
              + EncoderEngines.provider(reference).describe(gpu, GpuPrecision.FLOAT32).text());
    }
    int cores = BenchData.cores(settings);
    return check(
        settings,
        new EngineSettings(candidate, cores, execution, gpu),
        new EngineSettings(reference, cores, GpuExecution.PLAIN, gpu));
  }

  private static EncoderBackend reference(EncoderBackend candidate) {
    if (EncoderEngines.missing(EncoderBackend.ONEDNN).isEmpty()) {
      return EncoderBackend.ONEDNN;
    }
    return candidate == EncoderBackend.CUDNN ? EncoderBackend.ND4J_CUDA : EncoderBackend.CUDNN;
  }

  private int check(Settings settings, EngineSettings candidate, EngineSettings reference)
      throws IOException {
    EncoderShape shape = BenchData.plan(settings).encoder();
    int modalities = settings.modalities().size();
    EngineComparison comparison =
        new EngineComparison(
            shape, modalities, settings.augment().frames(), settings.train().batch(), steps);
    Map<String, float[]> found = run(comparison, shape, modalities, candidate);
    Map<String, float[]> expected = run(comparison, shape, modalities, reference);
    double bound =
        within == null ? EngineComparison.bound(candidate.execution().precision()) : within;
    return report(
        EngineComparison.compare(found, expected), candidate.execution().precision(), bound);
  }

  private static Map<String, float[]> run(
      EngineComparison comparison, EncoderShape shape, int modalities, EngineSettings settings) {
    try (EncoderEngine engine = EncoderEngines.open(shape, modalities, settings)) {
      return comparison.run(engine);
    }
  }

  /** What is no number is further off than any. */
  private int report(List<Deviation> deviations, GpuPrecision precision, double bound)
      throws IOException {
    List<Deviation> worstFirst =
        deviations.stream()
            .sorted(Comparator.comparingDouble(Deviation::relative).reversed())
            .toList();
    long beyond = worstFirst.stream().filter(deviation -> !(deviation.relative() <= bound)).count();
    System.out.printf(
        Locale.ROOT,
        "%d tensors, products in %s: %d beyond %.0e of their length; furthest off:%n",
        deviations.size(),
        precision.label(),
        beyond,
        bound);
    worstFirst.stream()
        .limit(all ? deviations.size() : SHOWN)
        .forEach(
            deviation ->
                System.out.printf(
                    Locale.ROOT, "  %9.2e  %s%n", deviation.relative(), deviation.tensor()));
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("precision", precision.label());
      result.put("bound", bound);
      result.put("tensors", deviations.size());
      result.put("beyond", beyond);
      result.put("greatest", worstFirst.get(0).relative());
      System.out.println(new ObjectMapper().writeValueAsString(result));
    }
    return beyond == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
