package dev.armature.dataset.pyskl;

import dev.armature.tensor.PickledArray;

/**
 * Where the keypoints of one annotation lie, and what they are; as a text it travels with the
 * recording.
 *
 * @param keypoints persons × frames × joints × 2 or 3
 * @param height of the image in pixels; 0 in space
 * @param width of the image in pixels; 0 in space
 */
record KeypointPlace(PickledArray keypoints, int height, int width) {
  private static final char SEPARATOR = ';';

  static KeypointPlace parse(String text) {
    String[] parts = text.split(String.valueOf(SEPARATOR), -1);
    return new KeypointPlace(
        PickledArray.parse(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  int persons() {
    return keypoints.shape().get(0);
  }

  int frames() {
    return keypoints.shape().get(1);
  }

  int joints() {
    return keypoints.shape().get(2);
  }

  /** Whether they lie in an image. */
  boolean flat() {
    return keypoints.shape().get(3) == 2;
  }

  @Override
  public String toString() {
    return "%s%c%d%c%d".formatted(keypoints, SEPARATOR, height, SEPARATOR, width);
  }
}
