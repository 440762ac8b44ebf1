package dev.armature.report.live;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.resource.ResourceInformation;

/**
 * The memory and the work of the GPUs that Spark assigned to this executor, by NVIDIA's own tool,
 * which every driver brings. The tool is asked at intervals, however often figures are: it takes a
 * part of a second of the driver's time, and tasks of small rounds end many times a second. Used by
 * one thread.
 */
final class GpuMemory {
  private static final String TOOL = "nvidia-smi";
  private static final double MEBIBYTE = 1 << 20;
  private static final long LONGEST_SECONDS = 5;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Used and whole memory in MiB, and the share of the time at work in percent. */
  private static final Pattern LINE =
      Pattern.compile("\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*");

  private final String tool;
  private final List<String> addresses;
  private final LongSupplier nanoClock;
  private Map<String, Double> last = Map.of();
  private OptionalLong asked = OptionalLong.empty();

  /** As {@link #of}, with another tool and another clock than {@link System#nanoTime}. */
  GpuMemory(String tool, List<String> addresses, LongSupplier nanoClock) {
    this.tool = tool;
    this.addresses = List.copyOf(addresses);
    this.nanoClock = nanoClock;
  }

  /** Of the GPUs among an executor's resources; empty without any. */
  static Optional<GpuMemory> of(Map<String, ResourceInformation> resources) {
    return Optional.ofNullable(resources.get("gpu"))
        .map(assigned -> new GpuMemory(TOOL, List.of(assigned.addresses()), System::nanoTime));
  }

  /**
   * By GPU: {@code gpu.ADDRESS.memory-used} and {@code gpu.ADDRESS.memory-total} in bytes, {@code
   * gpu.ADDRESS.utilization} from 0 to 1; at most ten seconds old. Empty where the tool does not
   * tell.
   */
  Map<String, Double> figures() {
    long now = nanoClock.getAsLong();
    if (asked.isEmpty() || now - asked.getAsLong() >= INTERVAL_NANOS) {
      asked = OptionalLong.of(now);
      last = ask();
    }
    return last;
  }

  private Map<String, Double> ask() {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String address : addresses) {
      Matcher line = LINE.matcher(ask(address));
      if (line.matches()) {
        String prefix = "gpu." + address + ".";
        figures.put(prefix + "memory-used", Double.parseDouble(line.group(1)) * MEBIBYTE);
        figures.put(prefix + "memory-total", Double.parseDouble(line.group(2)) * MEBIBYTE);
        figures.put(prefix + "utilization", Double.parseDouble(line.group(3)) * 0.01);
      }
    }
    return figures;
  }

  private String ask(String address) {
    try {
      Process process =
          new ProcessBuilder(
                  tool,
                  "--id=" + address,
                  "--query-gpu=memory.used,memory.total,utilization.gpu",
                  "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      // A tool that hangs with its driver must not hang the figures.
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      try (InputStream out = process.getInputStream()) {
        return new String(out.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException missing) {
      return "";
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
