package dev.armature.report;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Is told of what was written to a run's metrics, on the thread that wrote it. */
@FunctionalInterface
public interface MetricsListener {

  /**
   * Lines were written.
   *
   * @param lines as in the file: each has a {@code type} and a {@code round}
   * @throws IOException if the listener cannot write what it makes of them; it ends the run
   */
  void written(List<Map<String, Object>> lines) throws IOException;

  /**
   * What it has made of the lines so far is to outlive this process.
   *
   * @throws IOException if that cannot be written; it ends the run
   */
  default void persist() throws IOException {}
}
