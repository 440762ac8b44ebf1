package dev.armature.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.store.Manifest;
import dev.armature.skeleton.SkeletonLayout;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a checkpoint's numbers come from. Two runs that should end in the same numbers have the
 * same provenance: it leaves out where a run reads and writes, and how often. Of the checkpoint
 * that a run started from it has the checksum.
 */
final class Provenance {
  /** Name of the data set's name and protocol. */
  static final String DATA = "data";

  /** Name of the data set's checksum. */
  static final String DATA_CHECKSUM = "data.checksum";

  /** Name of the configuration. */
  static final String CONFIGURATION = "configuration";

  /** Name of the joints' layout and the number of persons. */
  static final String DATA_LAYOUT = "data.layout";

  /** Name of the SHA-256 of the checkpoint that the run started from; absent without one. */
  static final String INITIAL_CHECKPOINT = "init.checkpoint";

  private static final ObjectMapper JSON = new ObjectMapper();

  private Provenance() {}

  /** What must be alike between the data of a run and other data for its encoders. */
  static String layout(Manifest manifest) {
    ObjectNode layout = JSON.createObjectNode();
    layout.put("persons", manifest.persons());
    layout.set("layout", JSON.valueToTree(manifest.layout()));
    return layout.toString();
  }

  /**
   * What encoders were shown in training.
   *
   * @param persons 1 or 2
   */
  record Shown(int persons, SkeletonLayout layout) {}

  /** Reads what {@link #layout} wrote. */
  static Shown shown(String layout) {
    try {
      return JSON.readValue(layout, Shown.class);
    } catch (JsonProcessingException garbled) {
      throw new IllegalStateException(
          "the checkpoint's %s is not what pretrain writes: %s".formatted(DATA_LAYOUT, layout),
          garbled);
    }
  }

  /**
   * What of a configuration is in a run's numbers.
   *
   * @param coresPerWorker as it was found out
   */
  static Config numbers(Config config, int coresPerWorker) {
    return config
        .withoutPath("output")
        .withoutPath("data")
        .withoutPath("checkpoint")
        .withoutPath("evaluate")
        .withoutPath("guard")
        .withoutPath("live")
        .withoutPath(InitialRun.FROM)
        // What decides on the number of workers is no number itself: every round has its own.
        .withoutPath("round.least-workers")
        .withoutPath("round.wait-seconds")
        .withValue("round.cores-per-worker", ConfigValueFactory.fromAnyRef(coresPerWorker));
  }

  static Map<String, String> of(Config config, int coresPerWorker, Manifest manifest) {
    Config numbers = numbers(config, coresPerWorker);
    Map<String, String> provenance = new TreeMap<>();
    provenance.put(CONFIGURATION, numbers.root().render(ConfigRenderOptions.concise()));
    provenance.put(DATA, manifest.dataset() + " " + manifest.protocol());
    provenance.put(DATA_CHECKSUM, manifest.checksum());
    provenance.put(DATA_LAYOUT, layout(manifest));
    Versions.current().forEach((name, version) -> provenance.put("version." + name, version));
    return provenance;
  }

  /** The same, of a run that started from a checkpoint. */
  static Map<String, String> startedFrom(String checksum, Map<String, String> provenance) {
    Map<String, String> with = new TreeMap<>(provenance);
    with.put(INITIAL_CHECKPOINT, checksum);
    return with;
  }
}
