package dev.armature.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.armature.round.DurableFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** {@code evaluation.json}: one flat JSON object, percents rounded to two decimals. */
public final class EvaluationFile {
  /** Its name within a run's folder. */
  public static final String NAME = "evaluation.json";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private EvaluationFile() {}

  /** The file's text. */
  public static String json(EvaluationResult result) {
    Map<String, Object> rounded = new LinkedHashMap<>();
    result
        .values()
        .forEach(
            (key, value) ->
                rounded.put(key, value instanceof Double percent ? round(percent) : value));
    try {
      return MAPPER.writeValueAsString(rounded) + "\n";
    } catch (IOException e) {
      throw new IllegalStateException("numbers and texts always make JSON", e);
    }
  }

  /** To two decimals, half up. */
  static BigDecimal round(double percent) {
    return BigDecimal.valueOf(percent).setScale(2, RoundingMode.HALF_UP);
  }

  /**
   * Writes the file; a reader sees the whole of it or the one before it.
   *
   * @param path of the file, on any Hadoop file system; replaced if it is there
   * @throws IOException if it cannot be written
   */
  public static void write(EvaluationResult result, Path path, Configuration configuration)
      throws IOException {
    DurableFile.replace(path, json(result).getBytes(StandardCharsets.UTF_8), configuration);
  }

  /**
   * Reads a file back, percents with two decimals.
   *
   * @param path of the file, on any Hadoop file system
   * @return empty if there is none, or none that is whole: figures can be measured again
   * @throws IOException if it cannot be read
   */
  public static Optional<EvaluationResult> read(Path path, Configuration configuration)
      throws IOException {
    JsonNode file;
    try (InputStream in = path.getFileSystem(configuration).open(path)) {
      file = MAPPER.readTree(in);
    } catch (FileNotFoundException none) {
      return Optional.empty();
    } catch (JsonProcessingException cutShort) {
      return Optional.empty();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    file.fields()
        .forEachRemaining(
            field -> {
              JsonNode value = field.getValue();
              values.put(
                  field.getKey(),
                  value.isFloatingPointNumber()
                      ? (Object) value.doubleValue()
                      : value.isIntegralNumber() ? (Object) value.longValue() : value.asText());
            });
    return Optional.of(new EvaluationResult(values));
  }
}
