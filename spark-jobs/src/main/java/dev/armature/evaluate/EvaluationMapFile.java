package dev.armature.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.round.DurableFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** {@code evaluation-map.json}: an {@link EvaluationMap} as JSON, for the report. */
public final class EvaluationMapFile {
  /** Its name within a run's folder. */
  public static final String NAME = "evaluation-map.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private EvaluationMapFile() {}

  /**
   * Writes the file; a reader sees the whole of it or the one before it.
   *
   * @param path of the file, on any Hadoop file system; replaced if it is there
   * @throws IOException if it cannot be written
   */
  public static void write(EvaluationMap map, Path path, Configuration configuration)
      throws IOException {
    DurableFile.replace(path, JSON.writeValueAsBytes(map), configuration);
  }

  /**
   * Reads a file back.
   *
   * @return empty if there is none, or none that is whole: it can be made again
   * @throws IOException if it cannot be read
   */
  public static Optional<EvaluationMap> read(Path path, Configuration configuration)
      throws IOException {
    try (InputStream in = path.getFileSystem(configuration).open(path)) {
      return Optional.of(JSON.readValue(in, EvaluationMap.class));
    } catch (FileNotFoundException none) {
      return Optional.empty();
    } catch (JsonProcessingException garbled) {
      return Optional.empty();
    }
  }
}
