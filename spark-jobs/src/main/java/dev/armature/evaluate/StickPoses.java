package dev.armature.evaluate;

import dev.armature.skeleton.SkeletonSequence;

/**
 * Poses of a sequence seen from the front: after normalization x runs from shoulder to shoulder and
 * z up the spine.
 */
final class StickPoses {
  /** Frames that are drawn of a sequence. */
  static final int POSES = 6;

  /** To a millimetre: nobody sees more, and the file is shorter. */
  private static final float STEPS_A_METRE = 1000;

  private StickPoses() {}

  /** By frame, person and joint: to the side and up, in metres. */
  static float[][][][] of(SkeletonSequence sequence) {
    int poses = Math.min(POSES, sequence.frames());
    float[][][][] drawn = new float[poses][sequence.persons()][sequence.joints()][2];
    for (int pose = 0; pose < poses; pose++) {
      int frame = poses == 1 ? 0 : pose * (sequence.frames() - 1) / (poses - 1);
      for (int person = 0; person < sequence.persons(); person++) {
        for (int joint = 0; joint < sequence.joints(); joint++) {
          int place = sequence.offset(frame, person, joint);
          drawn[pose][person][joint][0] = rounded(sequence.coordinates()[place]);
          drawn[pose][person][joint][1] = rounded(sequence.coordinates()[place + 2]);
        }
      }
    }
    return drawn;
  }

  private static float rounded(float metres) {
    return Math.round(metres * STEPS_A_METRE) / STEPS_A_METRE;
  }
}
