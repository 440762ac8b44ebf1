package dev.armature.skeleton;

import java.io.Serializable;
import java.util.Objects;

/**
 * One recorded action: the positions of the joints of one or two persons over time.
 *
 * <p>The array is not copied, neither in nor out; nobody writes to it once the sequence is made.
 * That makes a sequence safe to share between threads. Two sequences are equal only if they are the
 * same object's arrays; compare {@link #coordinates} by content where that is meant.
 *
 * @param id unique within its data set, for instance {@code S001C001P001R001A001}
 * @param label the action, 0-based
 * @param subject who performed it, as numbered by the data set; 0 where it is unknown
 * @param camera the camera, as numbered by the data set; 0 where it is unknown
 * @param setup the recording set-up, as numbered by the data set; 0 where it is unknown
 * @param frames number of frames, at least 1
 * @param persons number of persons, 1 or 2
 * @param joints number of joints, at least 1
 * @param coordinates frames × persons × joints × 3 (x, y, z), row-major, in metres; a joint or
 *     person that was not seen is all zero
 */
public record SkeletonSequence(
    String id,
    int label,
    int subject,
    int camera,
    int setup,
    int frames,
    int persons,
    int joints,
    float[] coordinates)
    implements Serializable {

  /** The most frames a sequence may have; longer recordings are cut (NTU RGB+D's convention). */
  public static final int MAX_FRAMES = 300;

  /** The most persons a sequence may have. */
  public static final int MAX_PERSONS = 2;

  /**
   * @throws IllegalArgumentException if a size is out of range or the array does not have
   *     frames·persons·joints·3 numbers
   */
  public SkeletonSequence {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(coordinates, "coordinates");
    if (frames < 1 || joints < 1 || persons < 1 || persons > MAX_PERSONS) {
      throw new IllegalArgumentException(
          "sequence %s: frames and joints must be at least 1 and persons 1 or 2, found %d frames, %d joints, %d persons"
              .formatted(id, frames, joints, persons));
    }
    if (coordinates.length != frames * persons * joints * 3) {
      throw new IllegalArgumentException(
          "sequence %s: %d frames × %d persons × %d joints × 3 needs %d numbers, found %d"
              .formatted(
                  id, frames, persons, joints, frames * persons * joints * 3, coordinates.length));
    }
  }

  /** Position of a joint's x in {@link #coordinates}; y and z follow. */
  public int offset(int frame, int person, int joint) {
    return ((frame * persons + person) * joints + joint) * 3;
  }
}
