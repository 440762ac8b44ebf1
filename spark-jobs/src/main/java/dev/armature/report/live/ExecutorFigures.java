package dev.armature.report.live;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an executor tells the driver of itself.
 *
 * @param executor Spark's name of it
 * @param figures by name
 */
record ExecutorFigures(String executor, Map<String, Double> figures) implements Serializable {

  /** Copies the map. */
  ExecutorFigures {
    figures = new LinkedHashMap<>(figures);
  }
}
