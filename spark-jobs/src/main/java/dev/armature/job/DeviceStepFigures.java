package dev.armature.job;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training step on a device against what the device can do.
 *
 * @param seconds of a whole step, by the device's clock
 * @param withoutViews of them those in which the processor did not make views
 * @param batch sequences of a step
 * @param operations of model work in a step
 * @param leastBytes that a step moves at least
 * @param productRate of large matrix products, operations a second
 * @param copyRate of copies, bytes read and written a second
 * @param takenBefore bytes of the device's memory that were taken before the first step
 * @param takenAfter bytes that were taken after the last one
 * @param bytes of the device's memory
 */
record DeviceStepFigures(
    double seconds,
    double withoutViews,
    int batch,
    double operations,
    double leastBytes,
    double productRate,
    double copyRate,
    double takenBefore,
    double takenAfter,
    double bytes) {

  /** In 10⁹; shares are of the time without views, in which the device works. */
  Map<String, Double> byName() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("secondsPerStep", seconds);
    figures.put("secondsWithoutViews", withoutViews);
    figures.put("sequencesPerSecond", batch / seconds);
    figures.put("gflops", operations * 1e-9 / withoutViews);
    figures.put("productGflops", productRate * 1e-9);
    figures.put("shareOfProduct", operations / withoutViews / productRate);
    figures.put("leastGigabytes", leastBytes * 1e-9);
    figures.put("copyGigabytes", copyRate * 1e-9);
    figures.put("shareOfCopy", leastBytes / withoutViews / copyRate);
    figures.put("memoryBefore", takenBefore * 1e-9);
    figures.put("memoryAfter", takenAfter * 1e-9);
    figures.put("memory", bytes * 1e-9);
    return figures;
  }
}
