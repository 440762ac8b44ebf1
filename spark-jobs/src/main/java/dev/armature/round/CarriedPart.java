package dev.armature.round;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * A file of a checkpoint that holds what one worker carries.
 *
 * @param file its name, in the checkpoint's folder
 * @param sha256 its checksum, in hexadecimal digits
 */
public record CarriedPart(String file, String sha256) implements Serializable {
  private static final Pattern NAME =
      Pattern.compile("round-\\d{8,10}\\.worker-\\d{5,10}\\.safetensors");
  private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{64}");

  /**
   * Refuses other names: they are read from files, and must not lead out of the folder.
   *
   * @throws IllegalArgumentException if it is not a part's name, or no checksum
   */
  public CarriedPart {
    if (!NAME.matcher(file).matches() || !CHECKSUM.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "'%s' with checksum '%s' is no part of a checkpoint".formatted(file, sha256));
    }
  }

  /** The name of a worker's part of the checkpoint after a number of rounds. */
  static String name(int rounds, int worker) {
    return "round-%08d.worker-%05d.safetensors".formatted(rounds, worker);
  }
}
