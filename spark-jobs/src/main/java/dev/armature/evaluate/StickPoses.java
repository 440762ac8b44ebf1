package dev.armature.evaluate;

import dev.armature.skeleton.SkeletonSequence;

/**
 * Poses of a sequence seen from the front: after normalization x runs from the left shoulder to the
 * right one, which whoever stands in front sees on the left, and z up the spine.
 */
final class StickPoses {
  /** Frames that are drawn of a sequence. */
  static final int POSES = 6;

  /** To a millimetre: nobody sees more, and the file is shorter. */
  private static final float STEPS_A_METRE = 1000;

  private StickPoses() {}

  /**
   * By frame, person and joint: to the side and up, in metres; null for a joint that was not seen.
   *
   * @param centre the joint that normalization puts to the origin, in the first person of a frame
   */
  static float[][][][] of(SkeletonSequence sequence, int centre) {
    int poses = Math.min(POSES, sequence.frames());
    float[][][][] drawn = new float[poses][sequence.persons()][sequence.joints()][];
    for (int pose = 0; pose < poses; pose++) {
      int frame = poses == 1 ? 0 : pose * (sequence.frames() - 1) / (poses - 1);
      for (int person = 0; person < sequence.persons(); person++) {
        boolean anybody = false;
        for (int joint = 0; joint < sequence.joints(); joint++) {
          int place = sequence.offset(frame, person, joint);
          if (isSeen(sequence.coordinates(), place)) {
            anybody = true;
            drawn[pose][person][joint] =
                new float[] {
                  -rounded(sequence.coordinates()[place]),
                  rounded(sequence.coordinates()[place + 2])
                };
          }
        }
        if (anybody && person == 0 && drawn[pose][0][centre] == null) {
          drawn[pose][0][centre] = new float[2];
        }
      }
    }
    return drawn;
  }

  private static boolean isSeen(float[] coordinates, int place) {
    return coordinates[place] != 0 || coordinates[place + 1] != 0 || coordinates[place + 2] != 0;
  }

  private static float rounded(float metres) {
    return Math.round(metres * STEPS_A_METRE) / STEPS_A_METRE;
  }
}
