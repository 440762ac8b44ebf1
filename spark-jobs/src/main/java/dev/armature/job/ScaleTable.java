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

  /**
   * @param figures seconds, bytes and ratios by name
   */
  private record Row(int hidden, int workers, Map<String, Number> figures) {
    double of(String name) {
      return figures.get(name).doubleValue();
    }

    double megabytes(String name) {
      return 1e-6 * of(name);
    }
  }

  private final List<Row> rows = new ArrayList<>();

  /** Adds the medians of some rounds. */
  void addMeasured(TrainingPlan plan, List<Measured> rounds) {
    Map<String, Number> row = row(plan);
    double rate = median(rounds, r -> r.report().sequences() / r.report().seconds());
    row.put("sequencesPerSecond", rate);
    row.put("ratio", rate / firstOf(plan.encoder().hidden()).of("sequencesPerSecond"));
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
    Map<String, Number> row = row(plan);
    put(row, model.bytes());
    row.put("driverBytes", model.driverBytes());
    row.put("carriedBytes", model.carriedBytes());
  }

  private Map<String, Number> row(TrainingPlan plan) {
    Map<String, Number> figures = new LinkedHashMap<>();
    rows.add(new Row(plan.encoder().hidden(), plan.round().workers(), figures));
    return figures;
  }

  private Row firstOf(int hidden) {
    return rows.stream().filter(row -> row.hidden() == hidden).findFirst().orElseThrow();
  }

  private static double driver(Measured round, String phase) {
    return round.report().driverSeconds().get(phase);
  }

  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> of) {
    return new Median().evaluate(rounds.stream().mapToDouble(of).toArray());
  }

  private static void put(Map<String, Number> row, RoundBytes bytes) {
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
    if (rows.get(0).figures().containsKey("ratio")) {
      out.println(
          "hidden  workers  sequences/s  ratio  publish    train  average  enqueue  checkpoint"
              + " (s)");
      for (Row row : rows) {
        out.printf(
            Locale.ROOT,
            "%6d  %7d  %11.2f  %5.2f  %7.3f  %7.3f  %7.3f  %7.3f  %10.3f%n",
            row.hidden(),
            row.workers(),
            row.of("sequencesPerSecond"),
            row.of("ratio"),
            row.of("publishSeconds"),
            row.of("trainSeconds"),
            row.of("averageSeconds"),
            row.of("enqueueSeconds"),
            row.of("checkpointSeconds"));
      }
    }
    out.println(
        "hidden  workers  published MB: model   queues  shuffled   fetched  received: parameters "
            + " copies  accounts  driver MB");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "%6d  %7d  %19.2f  %7.2f  %8.2f  %8.2f  %20.2f  %6.3f  %8.2f  %9.1f%n",
          row.hidden(),
          row.workers(),
          row.megabytes("publishedModel"),
          row.megabytes("publishedQueues"),
          row.megabytes("shuffled"),
          row.megabytes("fetched"),
          row.megabytes("receivedParameters"),
          row.of("copies"),
          row.megabytes("receivedAccounts"),
          row.megabytes("driverBytes"));
    }
  }

  /** The same for machines: bytes and seconds. */
  List<Map<String, Number>> result() {
    List<Map<String, Number>> result = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Number> all = new LinkedHashMap<>();
      all.put("hidden", row.hidden());
      all.put("workers", row.workers());
      all.putAll(row.figures());
      result.add(all);
    }
    return result;
  }
}
