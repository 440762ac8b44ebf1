package dev.armature.evaluate;

import dev.armature.skeleton.Bone;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;

/**
 * A sequence as a vector that a nearest-neighbour search can compare without any learning: joints
 * centred on the first person's centre joint in every frame, turned about the vertical (z) so that
 * the first person's shoulders lie along x in the first frame where they are seen, divided by that
 * person's mean bone length, and resampled to 32 frames by linear interpolation with half-pixel
 * centres. A second person keeps its place relative to the first; one that is not there is zero.
 *
 * <p>Every encoder ought to beat this. Sequences have to be normalized as data sets are prepared
 * here, so that z is up.
 */
final class GeometricDescriptor implements Serializable {
  /** Frames of a descriptor. */
  static final int FRAMES = 32;

  private final SkeletonLayout layout;
  private final int persons;

  /**
   * @param persons persons of a descriptor, 1 or 2; sequences may have fewer
   */
  GeometricDescriptor(SkeletonLayout layout, int persons) {
    this.layout = layout;
    this.persons = persons;
  }

  /** Length of a descriptor. */
  int length() {
    return FRAMES * persons * layout.joints().size() * 3;
  }

  /** FRAMES × persons × joints × 3. */
  float[] of(SkeletonSequence sequence) {
    double[] upright = upright(sequence);
    int stride = sequence.joints() * 3;
    float[] descriptor = new float[length()];
    for (int frame = 0; frame < FRAMES; frame++) {
      double exact = (frame + 0.5) * sequence.frames() / FRAMES - 0.5;
      double position = Math.max(0, Math.min(sequence.frames() - 1, exact));
      int before = (int) position;
      int after = Math.min(before + 1, sequence.frames() - 1);
      double weight = position - before;
      for (int person = 0; person < Math.min(persons, sequence.persons()); person++) {
        int from = sequence.offset(before, person, 0);
        int to = sequence.offset(after, person, 0);
        int place = (frame * persons + person) * stride;
        for (int number = 0; number < stride; number++) {
          descriptor[place + number] =
              (float) ((1 - weight) * upright[from + number] + weight * upright[to + number]);
        }
      }
    }
    return descriptor;
  }

  private double[] upright(SkeletonSequence sequence) {
    float[] source = sequence.coordinates();
    double[] upright = new double[source.length];
    double scale = 1 / meanBone(sequence);
    double yaw = yaw(sequence);
    double cosine = Math.cos(yaw) * scale;
    double sine = Math.sin(yaw) * scale;
    for (int frame = 0; frame < sequence.frames(); frame++) {
      int root = sequence.offset(frame, 0, layout.centre());
      for (int person = 0; person < sequence.persons(); person++) {
        if (!seen(sequence, frame, person)) {
          continue;
        }
        for (int joint = 0; joint < sequence.joints(); joint++) {
          int place = sequence.offset(frame, person, joint);
          double x = source[place] - source[root];
          double y = source[place + 1] - source[root + 1];
          upright[place] = cosine * x + sine * y;
          upright[place + 1] = cosine * y - sine * x;
          upright[place + 2] = (source[place + 2] - source[root + 2]) * scale;
        }
      }
    }
    return upright;
  }

  /** Mean length of the first person's bones over the frames where it is seen; 1 without any. */
  private double meanBone(SkeletonSequence sequence) {
    float[] source = sequence.coordinates();
    double sum = 0;
    int bones = 0;
    for (int frame = 0; frame < sequence.frames(); frame++) {
      if (seen(sequence, frame, 0)) {
        for (Bone bone : layout.bones()) {
          if (bone.child() != bone.parent()) {
            int child = sequence.offset(frame, 0, bone.child());
            int parent = sequence.offset(frame, 0, bone.parent());
            double x = source[child] - source[parent];
            double y = source[child + 1] - source[parent + 1];
            double z = source[child + 2] - source[parent + 2];
            sum += Math.sqrt(x * x + y * y + z * z);
            bones++;
          }
        }
      }
    }
    return sum > 0 ? sum / bones : 1;
  }

  /** The angle of the shoulders from the x axis, seen from above. */
  private double yaw(SkeletonSequence sequence) {
    float[] source = sequence.coordinates();
    for (int frame = 0; frame < sequence.frames(); frame++) {
      int from = sequence.offset(frame, 0, layout.shoulders().from());
      int to = sequence.offset(frame, 0, layout.shoulders().to());
      double x = source[to] - source[from];
      double y = source[to + 1] - source[from + 1];
      if (x != 0 || y != 0) {
        return Math.atan2(y, x);
      }
    }
    return 0;
  }

  private static boolean seen(SkeletonSequence sequence, int frame, int person) {
    int first = sequence.offset(frame, person, 0);
    for (int place = first; place < first + sequence.joints() * 3; place++) {
      if (sequence.coordinates()[place] != 0) {
        return true;
      }
    }
    return false;
  }
}
