package dev.armature.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has used of the machine's memory. */
final class ProcessMemory {
  private ProcessMemory() {}

  /** The most that was resident at once, in 10⁹ bytes, as Linux counts it; NaN elsewhere. */
  static double peakResidentGigabytes() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024e-9)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException notLinux) {
      return Double.NaN;
    }
  }
}
