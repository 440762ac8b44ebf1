package dev.armature.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.armature.round.Round;
import dev.armature.round.RoundLosses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The losses of a run's rounds as its metrics have them: the very numbers, for JSON is written with
 * as many digits as there are. Reads a run of any length in the memory of one round. Not
 * thread-safe.
 */
public final class RecordedRounds {
  private static final String LOSS = "loss.";

  private final Consumer<RoundLosses> seen;
  private final List<Map<String, Double>> steps = new ArrayList<>();
  private int round = -1;
  private int lastSeen = -1;
  private long firstStep;
  private double learningRate;

  private RecordedRounds(Consumer<RoundLosses> seen) {
    this.seen = seen;
  }

  /**
   * Reads them in their order. Rounds that are not there whole are left out: lines may be missing
   * of a run that somebody has moved, and the last one may be cut short.
   *
   * @param folder the run's folder
   * @param seen is told of every round
   */
  public static void read(FileSystem files, Path folder, Consumer<RoundLosses> seen)
      throws IOException {
    MetricsFile.read(files, folder, new RecordedRounds(seen)::add);
  }

  private void add(JsonNode object) {
    switch (object.path("type").asText()) {
      case "step" -> step(object);
      case "round" -> round(object);
      default -> {
        // Says nothing of losses.
      }
    }
  }

  private void step(JsonNode line) {
    if (line.path("round").asInt() != round) {
      round = line.path("round").asInt();
      firstStep = line.path("step").asLong() - 1;
      learningRate = 0;
      steps.clear();
    }
    learningRate = Math.max(learningRate, line.path("learning-rate").asDouble());
    Map<String, Double> terms = new LinkedHashMap<>();
    line.fields()
        .forEachRemaining(
            field -> {
              if (field.getKey().startsWith(LOSS) && field.getValue().isNumber()) {
                terms.put(field.getKey().substring(LOSS.length()), field.getValue().doubleValue());
              }
            });
    steps.add(terms);
  }

  private void round(JsonNode line) {
    int index = line.path("round").asInt();
    int count = line.path("steps").asInt();
    int workers = line.path("workers").asInt();
    if (index == round && index > lastSeen && count == steps.size() && workers > 0) {
      lastSeen = index;
      // Where in its epoch it began nobody has written down: it is as if it were one.
      seen.accept(
          new RoundLosses(
              new Round(index, line.path("epoch").asInt() - 1, 0, firstStep, count, workers, count),
              learningRate,
              steps));
    }
    steps.clear();
    round = -1;
  }
}
