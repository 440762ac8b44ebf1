package dev.armature.distill.cuda;

import dev.armature.distill.StepTargets;
import java.util.Objects;

/**
 * Which sequences of an objective's last teaching are meant; what was taught is in the device's
 * memory. Immutable.
 *
 * @param owner whose memory
 * @param teaching its number among the owner's
 * @param taught sequences that were taught at once
 * @param first of them
 * @param sequences from there on
 * @param enqueued how many keys had ever been enqueued when they were taught
 */
record DeviceTargets(
    DeviceObjective owner, long teaching, int taught, int first, int sequences, long enqueued)
    implements StepTargets {

  @Override
  public StepTargets slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, sequences);
    return new DeviceTargets(owner, teaching, taught, first + from, count, enqueued);
  }
}
