package dev.armature.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.armature.report.MetricsFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a run's {@code metrics.jsonl} tells, in bounded memory however long the run was. Read once,
 * then not changed; not thread-safe while it is read.
 */
public final class RunHistory {
  /** Points of a curve: as many as a screen has pixels for it. */
  private static final int POINTS = 800;

  private final Map<String, BoundedSeries> steps = new LinkedHashMap<>();
  private final Map<String, BoundedSeries> rounds = new LinkedHashMap<>();
  private final Map<String, Double> sums = new LinkedHashMap<>();
  private final List<Evaluated> evaluations = new ArrayList<>();
  private long roundsDone;
  private OptionalLong roundsPlanned = OptionalLong.empty();
  private Optional<String> failure = Optional.empty();
  private long stepsDone;
  private long epoch;

  private RunHistory() {}

  /**
   * Figures that were measured while the run went on.
   *
   * @param epoch after which; a fraction within one
   * @param trainSequences among which neighbours were looked for
   * @param testSequences that were classified
   * @param figures by flat key, percents
   */
  public record Evaluated(
      double epoch, long trainSequences, long testSequences, Map<String, Double> figures) {}

  /**
   * Reads a run's metrics; lines that are cut short are passed over.
   *
   * @param folder the run's
   * @return empty of everything if there are no metrics, as of a run that was imported
   */
  public static RunHistory read(FileSystem files, Path folder) throws IOException {
    RunHistory history = new RunHistory();
    MetricsFile.read(files, folder, history::add);
    return history;
  }

  private void add(JsonNode object) {
    switch (object.path("type").asText()) {
      case "step" -> {
        stepsDone = object.path("step").asLong();
        addTo(steps, (double) stepsDone, object);
      }
      case "round" -> {
        roundsDone = object.path("round").asLong() + 1;
        roundsPlanned =
            object.path("rounds").isNumber()
                ? OptionalLong.of(object.path("rounds").asLong())
                : OptionalLong.empty();
        failure = Optional.empty();
        epoch = object.path("epoch").asLong();
        addTo(rounds, (double) roundsDone, object);
        object
            .fields()
            .forEachRemaining(
                field -> {
                  if (field.getValue().isNumber()) {
                    sums.merge(field.getKey(), field.getValue().asDouble(), Double::sum);
                  }
                });
      }
      case "evaluation" -> {
        evaluations.add(evaluated(object));
        beside("measuring encoders", object);
      }
      case "checkpoint" -> beside("checkpoints", object);
      case "failure" -> failure = Optional.of(object.path("reason").asText());
      default -> {
        // Of a version to come.
      }
    }
  }

  /** Time that is no round's. */
  private void beside(String what, JsonNode object) {
    sums.merge("seconds.beside." + what, object.path("seconds").asDouble(), Double::sum);
  }

  private static void addTo(Map<String, BoundedSeries> all, double place, JsonNode object) {
    object
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isNumber()) {
                all.computeIfAbsent(field.getKey(), key -> new BoundedSeries(POINTS))
                    .add(place, field.getValue().asDouble());
              }
            });
  }

  private static Evaluated evaluated(JsonNode object) {
    Map<String, Double> figures = new LinkedHashMap<>();
    object
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getKey().endsWith(".top1")) {
                figures.put(field.getKey(), field.getValue().asDouble());
              }
            });
    return new Evaluated(
        object.path("epoch").asDouble(),
        object.path("train.sequences").asLong(),
        object.path("test.sequences").asLong(),
        figures);
  }

  /** Curves over the steps, by the keys of a step's line; places are steps, from 1. */
  public Map<String, BoundedSeries> steps() {
    return Collections.unmodifiableMap(steps);
  }

  /** Curves over the rounds, by the keys of a round's line; places are rounds, from 1. */
  public Map<String, BoundedSeries> rounds() {
    return Collections.unmodifiableMap(rounds);
  }

  /** The sum over all rounds of a number in their lines, such as {@code seconds}; 0 without any. */
  public double sum(String key) {
    return sums.getOrDefault(key, 0.0);
  }

  /** The sums of all numbers, by key; what was done beside rounds is {@code seconds.beside.*}. */
  public Map<String, Double> sums() {
    return Collections.unmodifiableMap(sums);
  }

  /** Seconds of rounds and of what was done beside them. */
  public double seconds() {
    return sums.entrySet().stream()
        .filter(
            entry ->
                entry.getKey().equals("seconds") || entry.getKey().startsWith("seconds.beside."))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** What was measured while the run went on, in its order. */
  public List<Evaluated> evaluations() {
    return Collections.unmodifiableList(evaluations);
  }

  /** How many rounds are done. */
  public long roundsDone() {
    return roundsDone;
  }

  /** How many rounds the run was to have when the last one ended; unknown of older versions. */
  public OptionalLong roundsPlanned() {
    return roundsPlanned;
  }

  /** Why the run ended early, if it has not gone on since. */
  public Optional<String> failure() {
    return failure;
  }

  /** The newest measurement, if there is one. */
  public Optional<Evaluated> lastEvaluation() {
    return evaluations.isEmpty()
        ? Optional.empty()
        : Optional.of(evaluations.get(evaluations.size() - 1));
  }

  /** How many steps of a worker are done. */
  public long stepsDone() {
    return stepsDone;
  }

  /** The epoch of the last step, from 1; 0 before the first. */
  public long epoch() {
    return epoch;
  }
}
