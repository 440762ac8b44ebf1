package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.store.Manifest;
import dev.armature.round.TrainingPlan;
import java.math.BigDecimal;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * One run of a comparison: a case with a seed.
 *
 * @param caseName of the case; of the first where several cases come to the same run
 * @param settings of the run; {@code output.dir} is its own folder
 * @param manifest of its data
 * @param plan of its training
 * @param steps of a worker
 * @param rounds of the run
 * @param run name of its folder within that of the comparison
 */
record ComparisonCell(
    String caseName,
    long seed,
    Settings settings,
    Manifest manifest,
    TrainingPlan plan,
    long steps,
    int rounds,
    String run) {

  /** Digits that tell some thousand runs apart with a chance of collision below 1e-7. */
  private static final int DIGITS = 12;

  /** The case and the seed, for people. */
  String label() {
    return "%s, seed %d".formatted(caseName, seed);
  }

  /**
   * The name of a run's folder: method and seed for people, and the start of a SHA-256 over the
   * data and everything in the configuration that is in the numbers. Only what differs from the
   * defaults goes in, so that a key which is new to Armature gives no run another name.
   *
   * @param settings of the run
   * @param cores of a worker
   * @param initialChecksum of the checkpoint that the run starts from; empty without one
   */
  static String name(Settings settings, int cores, Manifest manifest, String initialChecksum) {
    Config reference = SettingsFile.reference();
    TreeMap<String, String> values = new TreeMap<>();
    Provenance.numbers(settings.config(), cores)
        .entrySet()
        .forEach(
            entry -> {
              String key = entry.getKey();
              String value = canonical(entry.getValue());
              if (!reference.hasPath(key) || !value.equals(canonical(reference.getValue(key)))) {
                values.put(key, value);
              }
            });
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    text.append("data=").append(manifest.checksum()).append('\n');
    text.append("init=").append(initialChecksum).append('\n');
    return String.join(
        "-",
        settings.distill().method().label(),
        "seed" + settings.train().seed(),
        DigestUtils.sha256Hex(text.toString()).substring(0, DIGITS));
  }

  /** Numbers in one way of writing, whatever the file has: 0.10, 0.1 and 1e-1 are alike. */
  private static String canonical(ConfigValue value) {
    return value.unwrapped() instanceof Number number
        ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
        : value.render(ConfigRenderOptions.concise());
  }

  /** A configuration whose run writes to a folder. */
  static Config writingTo(Config config, String folder) {
    return config.withValue("output.dir", ConfigValueFactory.fromAnyRef(folder));
  }
}
