package dev.armature.dataset.synthetic;

/**
 * The degrees of freedom of a generated body. Angles in radians, distances in metres; all zero is
 * standing upright with hanging arms. The body's own axes are x to its right, y forward, z up.
 *
 * <p>Limbs are those of the leading side and those of the other side: which is left and which is
 * right depends on the actor's handedness.
 */
enum Freedom {
  /** Step to the leading side. */
  SIDEWAYS(0, true),
  /** Step forward. */
  FORWARD(1, false),
  /** Height of the lower foot above the floor. */
  JUMP(2, false),
  /** Turn of the whole body towards the other side. */
  HEADING(3, true),
  /** Lean of the whole trunk forward, from the hips. */
  PELVIS_PITCH(4, false),
  /** Bend of the spine forward. */
  SPINE_PITCH(5, false),
  /** Bend of the spine to the leading side. */
  SPINE_ROLL(6, true),
  /** Twist of the spine towards the other side. */
  SPINE_TWIST(7, true),
  /** Nod, forward. */
  HEAD_PITCH(8, false),
  /** Tilt of the head to the leading side. */
  HEAD_ROLL(9, true),

  /** Leading arm: raised forward. */
  ARM_RAISE(10, false),
  /** Leading arm: raised sideways. */
  ARM_SPREAD(11, true),
  /** Leading arm: turned inwards about itself. */
  ARM_TWIST(12, true),
  /** Leading elbow: bent. */
  ELBOW(13, false),
  /** Leading wrist: bent. */
  WRIST(14, false),

  /** Other arm: raised forward. */
  OTHER_ARM_RAISE(15, false),
  /** Other arm: raised sideways. */
  OTHER_ARM_SPREAD(16, true),
  /** Other arm: turned inwards about itself. */
  OTHER_ARM_TWIST(17, true),
  /** Other elbow: bent. */
  OTHER_ELBOW(18, false),
  /** Other wrist: bent. */
  OTHER_WRIST(19, false),

  /** Leading hip: thigh raised forward. */
  HIP(20, false),
  /** Leading hip: leg spread. */
  LEG_SPREAD(21, true),
  /** Leading knee: bent. */
  KNEE(22, false),

  /** Other hip: thigh raised forward. */
  OTHER_HIP(23, false),
  /** Other hip: leg spread. */
  OTHER_LEG_SPREAD(24, true),
  /** Other knee: bent. */
  OTHER_KNEE(25, false);

  /** Length of a pose. */
  static final int COUNT = values().length;

  private final int index;
  private final boolean mirrored;

  Freedom(int index, boolean mirrored) {
    this.index = index;
    this.mirrored = mirrored;
  }

  /** Its place in a pose; the limbs' freedoms follow one another in the same order on each side. */
  int index() {
    return index;
  }

  /** Whether its sense turns round for a left-handed actor. */
  boolean mirrored() {
    return mirrored;
  }

  /** Whether it is a distance, not an angle. */
  boolean distance() {
    return this == SIDEWAYS || this == FORWARD || this == JUMP;
  }
}
