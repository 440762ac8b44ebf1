package dev.armature.job;

import dev.armature.round.RoundBytes;
import dev.armature.round.RoundReport;
import dev.armature.round.TrafficModel;
import dev.armature.round.TrainingPlan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/** What {@code bench scale} has found, a row for each width and number of workers. */
final class ScaleTable {

  /**
   * A round that was done.
   *
   * @param training seconds of training alone, those of workers that took turns added up
   * @param checkpoint seconds
   * @param heap bytes of the driver's heap that were in use after it
   */
  record Measured(RoundReport report, double training, double checkpoint, long heap) {}

  private final List<Map<String, Object>> rows = new ArrayList<>();

  /** Adds the medians of some rounds. */
  void addMeasured(TrainingPlan plan, List<Measured> rounds) {
    Map<String, Object> row = row(plan);
    row.put(
        "sequencesPerSecond", median(rounds, r -> r.report().sequences() / r.report().seconds()));
    row.put("ratio", ratio(row));
    row.put("publishSeconds", median(rounds, r -> driver(r, "publish")));
    row.put("trainSeconds", median(rounds, Measured::training));
    row.put(
        "averageSeconds",
        median(rounds, r -> Math.max(0, driver(r, "train-and-average") - r.training())));
    row.put("enqueueSeconds", median(rounds, r -> driver(r, "enqueue")));
    row.put("checkpointSeconds", median(rounds, Measured::checkpoint));
    put(row, rounds.get(rounds.size() - 1).report().bytes());
    row.put("driverBytes", (long) median(rounds, Measured::heap));
  }

  /** Adds what is to be expected. */
  void addModel(TrainingPlan plan, TrafficModel model) {
    Map<String, Object> row = row(plan);
    put(row, model.bytes());
    row.put("driverBytes", model.driverBytes());
    row.put("carriedBytes", model.carriedBytes());
  }

  private Map<String, Object> row(TrainingPlan plan) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("hidden", plan.encoder().hidden());
    row.put("workers", plan.round().workers());
    rows.add(row);
    return row;
  }

  private static double driver(Measured round, String phase) {
    return round.report().driverSeconds().get(phase);
  }

  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> of) {
    return new Median().evaluate(rounds.stream().mapToDouble(of).toArray());
  }

  /** Against the first row of the same width. */
  private double ratio(Map<String, Object> row) {
    Object first =
        rows.stream()
            .filter(other -> other.get("hidden").equals(row.get("hidden")))
            .findFirst()
            .orElseThrow()
            .get("sequencesPerSecond");
    return (double) row.get("sequencesPerSecond") / (double) first;
  }

  private static void put(Map<String, Object> row, RoundBytes bytes) {
    row.put("publishedModel", bytes.publishedModel());
    row.put("publishedQueues", bytes.publishedQueues());
    row.put("shuffled", bytes.shuffled());
    row.put("fetched", bytes.fetched());
    row.put("receivedParameters", bytes.receivedParameters());
    row.put("receivedAccounts", bytes.receivedAccounts());
    row.put("copies", bytes.copiesReceived());
  }

  /** Rates and times, where they were measured, then bytes. */
  void print(PrintStream out) {
    if (rows.get(0).containsKey("ratio")) {
      out.println(
          "hidden  workers  sequences/s  ratio  publish    train  average  enqueue  checkpoint"
              + " (s)");
      for (Map<String, Object> row : rows) {
        out.printf(
            Locale.ROOT,
            "%6d  %7d  %11.2f  %5.2f  %7.3f  %7.3f  %7.3f  %7.3f  %10.3f%n",
            row.get("hidden"),
            row.get("workers"),
            row.get("sequencesPerSecond"),
            row.get("ratio"),
            row.get("publishSeconds"),
            row.get("trainSeconds"),
            row.get("averageSeconds"),
            row.get("enqueueSeconds"),
            row.get("checkpointSeconds"));
      }
    }
    out.println(
        "hidden  workers  published MB: model   queues  shuffled   fetched  received: parameters "
            + " copies  accounts  driver MB");
    for (Map<String, Object> row : rows) {
      out.printf(
          Locale.ROOT,
          "%6d  %7d  %19.2f  %7.2f  %8.2f  %8.2f  %20.2f  %6.3f  %8.2f  %9.1f%n",
          row.get("hidden"),
          row.get("workers"),
          megabytes(row, "publishedModel"),
          megabytes(row, "publishedQueues"),
          megabytes(row, "shuffled"),
          megabytes(row, "fetched"),
          megabytes(row, "receivedParameters"),
          row.get("copies"),
          megabytes(row, "receivedAccounts"),
          megabytes(row, "driverBytes"));
    }
  }

  private static double megabytes(Map<String, Object> row, String name) {
    return 1e-6 * (long) row.get(name);
  }

  /** The same for machines: bytes and seconds. */
  List<Map<String, Object>> result() {
    return rows;
  }
}
