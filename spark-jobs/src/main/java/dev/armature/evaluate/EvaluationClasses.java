package dev.armature.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.round.DurableFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * An evaluation class by class: {@code evaluation-classes.json}, beside {@code evaluation.json}.
 *
 * <pre>{@code
 * {"classes": ["Swipe left", …],
 *  "measures": {"knn.joint": {"confusion": [[true, predicted, count], …],
 *                             "accuracy": [91.67, null, …]}, …}}
 * }</pre>
 *
 * <p>Measures are named as in {@link EvaluationResult}, without the ending. Of a measure with
 * several draws the counts are those of all draws together.
 *
 * @param classes names by label, their numbers where names are not known
 * @param measures by name, in the order in which they were measured
 */
public record EvaluationClasses(List<String> classes, Map<String, ClassFigures> measures) {
  /** The file's name within a run's folder. */
  public static final String NAME = "evaluation-classes.json";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Copies both. */
  public EvaluationClasses {
    classes = List.copyOf(classes);
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }

  /** The file's text, a measure a line; percents with two decimals. */
  public String json() {
    try {
      StringBuilder text = new StringBuilder("{\"classes\":");
      text.append(MAPPER.writeValueAsString(classes)).append(",\n\"measures\":{");
      String between = "\n";
      for (Map.Entry<String, ClassFigures> measure : measures.entrySet()) {
        text.append(between).append(MAPPER.writeValueAsString(measure.getKey())).append(':');
        text.append(MAPPER.writeValueAsString(plain(measure.getValue())));
        between = ",\n";
      }
      return text.append("}}\n").toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts always make JSON", e);
    }
  }

  /**
   * Reads a file back, percents with two decimals.
   *
   * @param path of the file, on any Hadoop file system
   * @return empty if there is none, or none that is whole
   * @throws IOException if it cannot be read
   */
  public static Optional<EvaluationClasses> read(Path path, Configuration configuration)
      throws IOException {
    JsonNode file;
    try (InputStream in = path.getFileSystem(configuration).open(path)) {
      file = MAPPER.readTree(in);
    } catch (FileNotFoundException | JsonProcessingException noneOrCutShort) {
      return Optional.empty();
    }
    List<String> classes = new ArrayList<>();
    file.path("classes").forEach(name -> classes.add(name.asText()));
    Map<String, ClassFigures> measures = new LinkedHashMap<>();
    file.path("measures")
        .fields()
        .forEachRemaining(field -> measures.put(field.getKey(), figures(field.getValue())));
    return Optional.of(new EvaluationClasses(classes, measures));
  }

  private static ClassFigures figures(JsonNode measure) {
    List<ClassFigures.Confusion> confusion = new ArrayList<>();
    measure
        .path("confusion")
        .forEach(
            cell ->
                confusion.add(
                    new ClassFigures.Confusion(
                        cell.get(0).asInt(), cell.get(1).asInt(), cell.get(2).asInt())));
    List<Double> accuracy = new ArrayList<>();
    measure
        .path("accuracy")
        .forEach(percent -> accuracy.add(percent.isNull() ? null : percent.asDouble()));
    return new ClassFigures(confusion, accuracy);
  }

  /** These measures, and before them those of an earlier evaluation that are not among them. */
  public EvaluationClasses after(Optional<EvaluationClasses> earlier) {
    Map<String, ClassFigures> all = new LinkedHashMap<>();
    earlier.ifPresent(before -> all.putAll(before.measures));
    all.putAll(measures);
    return new EvaluationClasses(classes, all);
  }

  /** Some of the measures. */
  public EvaluationClasses only(Predicate<String> kept) {
    Map<String, ClassFigures> some = new LinkedHashMap<>(measures);
    some.keySet().removeIf(kept.negate());
    return new EvaluationClasses(classes, some);
  }

  private static Map<String, Object> plain(ClassFigures figures) {
    List<int[]> confusion =
        figures.confusion().stream()
            .map(cell -> new int[] {cell.label(), cell.predicted(), cell.count()})
            .toList();
    List<BigDecimal> accuracy = new ArrayList<>();
    for (Double percent : figures.accuracy()) {
      accuracy.add(percent == null ? null : EvaluationFile.round(percent));
    }
    return new TreeMap<>(Map.of("confusion", confusion, "accuracy", accuracy));
  }

  /**
   * Writes the file; a reader sees the whole of it or the one before it.
   *
   * @param path of the file, on any Hadoop file system; replaced if it is there
   * @throws IOException if it cannot be written
   */
  public void write(Path path, Configuration configuration) throws IOException {
    DurableFile.replace(path, json().getBytes(StandardCharsets.UTF_8), configuration);
  }
}
