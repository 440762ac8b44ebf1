package dev.armature.dataset.mhad;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.Arrays;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * Reads UTD-MHAD's MATLAB v5 files: the variable {@code d_skel}, joints × 3 × frames, in metres.
 *
 * <p>The coordinates are those of a Kinect v1: x to the sensor's left, y up, z away from it, a
 * right-handed frame like Kinect v2's. (Averaged over the data set the head is 1.5 m above the feet
 * in y, the persons stand at z = 2.9 m, and their right shoulder has the larger x while they face
 * the sensor.)
 */
final class SkeletonMat {
  private static final String VARIABLE = "d_skel";

  private final SkeletonLayout layout;

  SkeletonMat(SkeletonLayout layout) {
    this.layout = layout;
  }

  /**
   * Parses a whole file.
   *
   * @param bytes the file
   * @param length how many bytes of it count
   * @return one body, at most 300 frames
   * @throws BadRecordingException if it is no such file or has another number of joints
   */
  BodyTracks parse(byte[] bytes, int length) throws BadRecordingException {
    Matrix matrix = matrix(Arrays.copyOf(bytes, length));
    int[] shape = matrix.getDimensions();
    // MATLAB drops a last dimension of one: a single frame comes as joints × 3.
    if (shape.length < 2 || shape.length > 3 || shape[1] != 3) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "%s has the shape %s, expected joints × 3 × frames"
              .formatted(VARIABLE, Arrays.toString(shape)));
    }
    TrackChecks.checkJoints(shape[0], layout);
    int joints = shape[0];
    int frames = Math.min(shape.length == 3 ? shape[2] : 1, SkeletonSequence.MAX_FRAMES);
    float[] coordinates = new float[frames * joints * 3];
    for (int frame = 0; frame < frames; frame++) {
      for (int axis = 0; axis < 3; axis++) {
        for (int joint = 0; joint < joints; joint++) {
          // MATLAB's first dimension runs fastest.
          double value = matrix.getDouble((frame * 3 + axis) * joints + joint);
          coordinates[(frame * joints + joint) * 3 + axis] = (float) value;
        }
      }
    }
    return new BodyTracks(1, frames, joints, coordinates);
  }

  private static Matrix matrix(byte[] file) throws BadRecordingException {
    try (Source source = Sources.wrap(file)) {
      MatFile content = Mat5.newReader(source).readMat();
      for (MatFile.Entry entry : content.getEntries()) {
        Array value = entry.getValue();
        if (entry.getName().equals(VARIABLE) && value instanceof Matrix matrix) {
          return matrix;
        }
      }
    } catch (IOException | RuntimeException e) {
      // The library meets garbled bytes with whatever exception they lead to; as the file is in
      // memory already, none of them can mean anything else.
      throw new BadRecordingException(
          Fault.UNREADABLE, "it is no whole MATLAB v5 file (%s)".formatted(e.getMessage()));
    }
    throw new BadRecordingException(
        Fault.UNREADABLE, "it has no matrix named %s".formatted(VARIABLE));
  }
}
