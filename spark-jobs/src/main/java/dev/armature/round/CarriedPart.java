package dev.armature.round;

import java.io.Serializable;

/**
 * A file of a checkpoint that holds what one worker carries.
 *
 * @param file its name, in the checkpoint's folder
 * @param sha256 its checksum, in hexadecimal digits
 */
public record CarriedPart(String file, String sha256) implements Serializable {

  /** The name of a worker's part of the checkpoint after a number of rounds. */
  static String name(int rounds, int worker) {
    return "round-%08d.worker-%05d.safetensors".formatted(rounds, worker);
  }
}
