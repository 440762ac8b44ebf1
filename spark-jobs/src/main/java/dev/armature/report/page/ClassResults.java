package dev.armature.report.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * How each class fared, by measure: what {@code evaluation-classes.json} holds.
 *
 * @param classes their names, or numbers, by label
 * @param measures by name, for instance {@code knn.three-stream}
 */
public record ClassResults(List<String> classes, Map<String, Measure> measures) {
  private static final String FILE = "evaluation-classes.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the list. */
  public ClassResults {
    classes = List.copyOf(classes);
    measures = new LinkedHashMap<>(measures);
  }

  /**
   * One measure.
   *
   * @param cells of the confusion matrix that are not 0
   * @param accuracy percent by class; null where a class has no test sequences
   */
  public record Measure(List<Cell> cells, List<Double> accuracy) {

    /** The classes that fare worst, the worst first. */
    public List<ClassAccuracy> worst(List<String> classes, int count) {
      List<ClassAccuracy> all = new ArrayList<>();
      for (int label = 0; label < accuracy.size(); label++) {
        if (accuracy.get(label) != null) {
          all.add(new ClassAccuracy(classes.get(label), accuracy.get(label)));
        }
      }
      all.sort(Comparator.comparingDouble(ClassAccuracy::percent));
      return all.subList(0, Math.min(count, all.size()));
    }

    /** What is most often taken for something else, the most frequent first. */
    public List<Mistake> mistakes(List<String> classes, int count) {
      return cells.stream()
          .filter(cell -> cell.actual() != cell.predicted())
          .sorted(Comparator.comparingInt(Cell::count).reversed())
          .limit(count)
          .map(
              cell ->
                  new Mistake(
                      classes.get(cell.actual()), classes.get(cell.predicted()), cell.count()))
          .toList();
    }
  }

  /**
   * A cell of a confusion matrix.
   *
   * @param actual label
   * @param predicted label
   * @param count of test sequences
   */
  public record Cell(int actual, int predicted, int count) {}

  /**
   * A class and its accuracy.
   *
   * @param name of the class
   * @param percent of its test sequences that are given it
   */
  public record ClassAccuracy(String name, double percent) {}

  /**
   * What is taken for what.
   *
   * @param actual name of the class
   * @param predicted name of the class that it is given
   * @param count of test sequences
   */
  public record Mistake(String actual, String predicted, int count) {}

  /**
   * Reads the file of a run.
   *
   * @param folder the run's
   * @return empty if there is none, or none that is whole
   */
  public static Optional<ClassResults> read(FileSystem files, Path folder) throws IOException {
    JsonNode file;
    try (InputStream in = files.open(new Path(folder, FILE))) {
      file = JSON.readTree(in);
    } catch (FileNotFoundException none) {
      return Optional.empty();
    } catch (JsonProcessingException garbled) {
      return Optional.empty();
    }
    List<String> classes = new ArrayList<>();
    file.path("classes").forEach(name -> classes.add(name.asText()));
    Map<String, Measure> measures = new LinkedHashMap<>();
    file.path("measures")
        .fields()
        .forEachRemaining(measure -> measures.put(measure.getKey(), measure(measure.getValue())));
    return measures.isEmpty() ? Optional.empty() : Optional.of(new ClassResults(classes, measures));
  }

  private static Measure measure(JsonNode object) {
    List<Cell> cells = new ArrayList<>();
    object
        .path("confusion")
        .forEach(
            cell ->
                cells.add(new Cell(cell.get(0).asInt(), cell.get(1).asInt(), cell.get(2).asInt())));
    List<Double> accuracy = new ArrayList<>();
    object
        .path("accuracy")
        .forEach(percent -> accuracy.add(percent.isNull() ? null : percent.asDouble()));
    return new Measure(cells, accuracy);
  }

  /** The measure to look at first: all streams together, by the nearest neighbour. */
  public String foremost() {
    return measures.keySet().stream()
        .filter(measure -> measure.startsWith("knn.") && measure.endsWith("-stream"))
        .findFirst()
        .orElseGet(() -> measures.keySet().iterator().next());
  }
}
