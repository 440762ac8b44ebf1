package dev.armature.dataset;

/**
 * The bodies of one recording in the sensor's own coordinates, before normalization.
 *
 * <p>The array is shared, not copied; nobody writes to it once the tracks are made.
 *
 * @param bodies number of bodies, in the order in which the sensor listed them
 * @param frames number of frames
 * @param joints number of joints
 * @param coordinates bodies × frames × joints × 3, row-major, in metres; a joint or body that was
 *     not seen is all zero
 */
public record BodyTracks(int bodies, int frames, int joints, float[] coordinates) {

  /**
   * @throws IllegalArgumentException if the array does not have bodies·frames·joints·3 numbers
   */
  public BodyTracks {
    if (coordinates.length != bodies * frames * joints * 3) {
      throw new IllegalArgumentException(
          "%d bodies × %d frames × %d joints × 3 needs %d numbers, found %d"
              .formatted(bodies, frames, joints, bodies * frames * joints * 3, coordinates.length));
    }
  }

  /** Position of a joint's x; y and z follow. */
  public int offset(int body, int frame, int joint) {
    return ((body * frames + frame) * joints + joint) * 3;
  }

  /** Whether any joint of a body was seen in a frame. */
  public boolean seen(int body, int frame) {
    int start = offset(body, frame, 0);
    for (int i = start; i < start + joints * 3; i++) {
      if (coordinates[i] != 0) {
        return true;
      }
    }
    return false;
  }
}
