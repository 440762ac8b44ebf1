package dev.armature.skeleton;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A way of looking at a skeleton sequence; each has an encoder of its own. All are derived from the
 * joints' coordinates: as they are or as offsets along the bones, and of these the numbers
 * themselves, their change from frame to frame, or the change of that change.
 *
 * <p>With x<sub>t</sub> the joints' coordinates or bones of frame t, of T: a first change is
 * x<sub>t+1</sub> − x<sub>t</sub>, and zero in the last frame, which has no next one; a second
 * change is (x<sub>t+2</sub> − x<sub>t+1</sub>) − (x<sub>t+1</sub> − x<sub>t</sub>), and zero in
 * the last two. The zero that stands for the last frame's motion is not a motion that could change:
 * what moves evenly to the end has no acceleration.
 */
public enum Modality {
  /** The joints' coordinates. */
  JOINT(false, 0),
  /** The change of the joints' coordinates to the next frame; zero in the last frame. */
  MOTION(false, 1),
  /** Each joint's offset from its parent; zero for a joint that is its own parent. */
  BONE(true, 0),
  /** The change of the motion to the next frame; zero in the last two frames. */
  ACCELERATION(false, 2),
  /** The change of the bones to the next frame; zero in the last frame. */
  BONE_MOTION(true, 1),
  /** The change of the bones' motion to the next frame; zero in the last two frames. */
  BONE_ACCELERATION(true, 2);

  private final boolean ofBones;
  private final int changes;

  Modality(boolean ofBones, int changes) {
    this.ofBones = ofBones;
    this.changes = changes;
  }

  /** Whether it is derived from the bones; otherwise from the joints' coordinates. */
  public boolean ofBones() {
    return ofBones;
  }

  /**
   * How often the change to the next frame is taken, 0 to 2; that many of the last frames are zero.
   */
  public int changes() {
    return changes;
  }

  /** The name used in configuration and files, for instance {@code bone-motion}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The modality of a label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Modality of(String label) {
    return Arrays.stream(values())
        .filter(modality -> modality.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown modality '%s'; choose from %s"
                        .formatted(label, labels(List.of(values())))));
  }

  /** The names of several, in their order, with commas between. */
  public static String labels(List<Modality> modalities) {
    return String.join(", ", modalities.stream().map(Modality::label).toList());
  }
}
