package dev.armature.augment;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What happens to a view's coordinates: some joints, in all frames and persons, are multiplied as
 * row vectors by one 3 × 3 matrix.
 *
 * <p>Every published augmentation is of this form. A shear takes all joints and a matrix with ones
 * on the diagonal and the rest uniform in (−1, 1); a corruption takes a random share of the joints
 * and, with equal chance, the zero matrix or one that is uniform in (−1, 1) throughout. One object
 * is drawn again for every view; not thread-safe.
 */
final class SpatialTransform {
  private static final int AXES = 3;

  private final int[] joints;
  private final int persons;
  private final int corrupted;
  private final float[] matrix = new float[AXES * AXES];

  /** How many of {@link #joints}, from the first, are touched. */
  private int touched;

  /** By touched joint and person: where its x lies in a frame. */
  private final int[] places;

  /**
   * @param joints number of joints of the layout
   * @param persons number of persons of a view
   * @param corruptedShare share of them that a corruption touches
   */
  SpatialTransform(int joints, int persons, double corruptedShare) {
    this.joints = new int[joints];
    this.persons = persons;
    this.places = new int[joints * persons];
    this.corrupted = (int) Math.round(corruptedShare * joints);
    reset();
  }

  /** Draws a shear or a corruption, with equal chance. */
  void draw(SplittableRandom random) {
    reset();
    if (random.nextBoolean()) {
      shear(random);
    } else {
      corrupt(random);
    }
  }

  private void reset() {
    touched = 0;
    for (int joint = 0; joint < joints.length; joint++) {
      joints[joint] = joint;
    }
  }

  private void shear(SplittableRandom random) {
    touched = joints.length;
    fill(random);
    for (int axis = 0; axis < AXES; axis++) {
      matrix[axis * AXES + axis] = 1;
    }
  }

  private void corrupt(SplittableRandom random) {
    touched = corrupted;
    for (int i = 0; i < corrupted; i++) {
      int other = i + random.nextInt(joints.length - i);
      int joint = joints[other];
      joints[other] = joints[i];
      joints[i] = joint;
    }
    if (random.nextBoolean()) {
      Arrays.fill(matrix, 0);
    } else {
      fill(random);
    }
  }

  private void fill(SplittableRandom random) {
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = (float) random.nextDouble(-1, 1);
    }
  }

  /**
   * Transforms a view in place.
   *
   * @param view frames × (joints × 3 × persons)
   */
  void apply(float[][] view) {
    for (int i = 0; i < touched; i++) {
      for (int person = 0; person < persons; person++) {
        places[i * persons + person] = joints[i] * AXES * persons + person;
      }
    }
    for (float[] frame : view) {
      apply(frame, places, touched * persons, persons, matrix);
    }
  }

  /** A row vector times the matrix, for each place; the matrix in registers. */
  private static void apply(float[] frame, int[] places, int count, int stride, float[] matrix) {
    float xx = matrix[0];
    float xy = matrix[1];
    float xz = matrix[2];
    float yx = matrix[3];
    float yy = matrix[4];
    float yz = matrix[5];
    float zx = matrix[6];
    float zy = matrix[7];
    float zz = matrix[8];
    for (int i = 0; i < count; i++) {
      int place = places[i];
      float x = frame[place];
      float y = frame[place + stride];
      float z = frame[place + 2 * stride];
      frame[place] = x * xx + y * yx + z * zx;
      frame[place + stride] = x * xy + y * yy + z * zy;
      frame[place + 2 * stride] = x * xz + y * yz + z * zz;
    }
  }
}
