package dev.armature.dataset.synthetic;

import static dev.armature.dataset.synthetic.Freedom.ARM_RAISE;
import static dev.armature.dataset.synthetic.Freedom.ARM_SPREAD;
import static dev.armature.dataset.synthetic.Freedom.ARM_TWIST;
import static dev.armature.dataset.synthetic.Freedom.ELBOW;
import static dev.armature.dataset.synthetic.Freedom.FORWARD;
import static dev.armature.dataset.synthetic.Freedom.HEAD_PITCH;
import static dev.armature.dataset.synthetic.Freedom.HEAD_ROLL;
import static dev.armature.dataset.synthetic.Freedom.HIP;
import static dev.armature.dataset.synthetic.Freedom.JUMP;
import static dev.armature.dataset.synthetic.Freedom.KNEE;
import static dev.armature.dataset.synthetic.Freedom.OTHER_ARM_RAISE;
import static dev.armature.dataset.synthetic.Freedom.OTHER_ARM_SPREAD;
import static dev.armature.dataset.synthetic.Freedom.OTHER_ARM_TWIST;
import static dev.armature.dataset.synthetic.Freedom.OTHER_ELBOW;
import static dev.armature.dataset.synthetic.Freedom.OTHER_HIP;
import static dev.armature.dataset.synthetic.Freedom.OTHER_KNEE;
import static dev.armature.dataset.synthetic.Freedom.PELVIS_PITCH;
import static dev.armature.dataset.synthetic.Freedom.SPINE_PITCH;
import static dev.armature.dataset.synthetic.Freedom.SPINE_TWIST;
import static dev.armature.dataset.synthetic.Freedom.WRIST;

import java.util.List;

/**
 * A generated action: what its actors do.
 *
 * <p>Several come in pairs that share most of their poses and differ in order or detail (drink and
 * phone call, throw and punch, sit down and stand up, shake hands and hand over), so that no single
 * frame tells them apart.
 *
 * @param name for the manifest
 * @param actors one score per actor; two actors face each other
 * @param distance between two actors, in metres
 */
record Action(String name, List<Score> actors, double distance) {

  /** All actions; the label is the place in the list. */
  static final List<Action> ALL =
      List.of(
          alone(
              "drink",
              Score.rest()
                  .reach(0.05, 0.35, 0.65, 0.95, ARM_RAISE, 42)
                  .reach(0.05, 0.35, 0.65, 0.95, ARM_TWIST, 30)
                  .reach(0.05, 0.35, 0.65, 0.95, ELBOW, 135)
                  .reach(0.30, 0.45, 0.60, 0.75, HEAD_PITCH, -22)
                  .swing(0.40, 0.65, WRIST, 14, 1, 0)),
          alone(
              "phone call",
              Score.rest()
                  .reach(0.05, 0.30, 0.80, 0.97, ARM_RAISE, 28)
                  .reach(0.05, 0.30, 0.80, 0.97, ARM_SPREAD, 28)
                  .reach(0.05, 0.30, 0.80, 0.97, ELBOW, 142)
                  .reach(0.20, 0.35, 0.80, 0.95, HEAD_ROLL, 14)),
          alone(
              "wave",
              Score.rest()
                  .reach(0.02, 0.25, 0.78, 0.98, ARM_SPREAD, 75)
                  .reach(0.02, 0.25, 0.78, 0.98, ARM_RAISE, 30)
                  .reach(0.02, 0.25, 0.78, 0.98, ARM_TWIST, -70)
                  .reach(0.02, 0.25, 0.78, 0.98, ELBOW, 95)
                  .swing(0.22, 0.82, ARM_TWIST, 28, 3, 0)),
          alone(
              "point",
              Score.rest()
                  .reach(0.05, 0.35, 0.70, 0.95, ARM_RAISE, 85)
                  .reach(0.05, 0.35, 0.70, 0.95, ARM_SPREAD, 18)
                  .reach(0.05, 0.20, 0.25, 0.35, ELBOW, 60)),
          alone(
              "throw",
              Score.rest()
                  .reach(0.05, 0.40, 0.45, 0.95, ARM_SPREAD, 70)
                  .key(0.05, ARM_RAISE, 0)
                  .key(0.40, ARM_RAISE, -15)
                  .key(0.58, ARM_RAISE, 95)
                  .key(0.95, ARM_RAISE, 0)
                  .reach(0.05, 0.38, 0.46, 0.60, ELBOW, 110)
                  .reach(0.05, 0.40, 0.45, 0.62, ARM_TWIST, -65)
                  .key(0.05, SPINE_TWIST, 0)
                  .key(0.40, SPINE_TWIST, -28)
                  .key(0.60, SPINE_TWIST, 25)
                  .key(0.95, SPINE_TWIST, 0)),
          alone(
              "punch",
              Score.rest()
                  .reach(0.05, 0.30, 0.80, 0.97, ELBOW, 110)
                  .reach(0.05, 0.30, 0.80, 0.97, OTHER_ELBOW, 100)
                  .reach(0.05, 0.30, 0.80, 0.97, OTHER_ARM_RAISE, 20)
                  .reach(0.34, 0.44, 0.46, 0.58, ARM_RAISE, 80)
                  .reach(0.34, 0.44, 0.46, 0.58, ELBOW, -95)
                  .reach(0.34, 0.44, 0.46, 0.58, SPINE_TWIST, 22)),
          alone(
              "clap",
              Score.rest()
                  .reach(0.03, 0.22, 0.80, 0.97, ARM_RAISE, 52)
                  .reach(0.03, 0.22, 0.80, 0.97, OTHER_ARM_RAISE, 52)
                  .reach(0.03, 0.22, 0.80, 0.97, ELBOW, 65)
                  .reach(0.03, 0.22, 0.80, 0.97, OTHER_ELBOW, 65)
                  .swing(0.20, 0.82, ARM_TWIST, 24, 4, 0)
                  .swing(0.20, 0.82, OTHER_ARM_TWIST, 24, 4, 0)),
          alone(
              "raise both arms",
              Score.rest()
                  .reach(0.05, 0.45, 0.55, 0.95, ARM_SPREAD, 140)
                  .reach(0.05, 0.45, 0.55, 0.95, OTHER_ARM_SPREAD, 140)),
          alone(
              "sit down",
              Score.rest()
                  .key(0.10, HIP, 0)
                  .key(0.75, HIP, 85)
                  .key(0.10, OTHER_HIP, 0)
                  .key(0.75, OTHER_HIP, 85)
                  .key(0.10, KNEE, 0)
                  .key(0.75, KNEE, 88)
                  .key(0.10, OTHER_KNEE, 0)
                  .key(0.75, OTHER_KNEE, 88)
                  .reach(0.10, 0.45, 0.55, 0.85, PELVIS_PITCH, 34)
                  .reach(0.15, 0.45, 0.55, 0.85, ARM_RAISE, 25)
                  .reach(0.15, 0.45, 0.55, 0.85, OTHER_ARM_RAISE, 25)),
          alone(
              "stand up",
              Score.rest()
                  .key(0.25, HIP, 85)
                  .key(0.90, HIP, 0)
                  .key(0.25, OTHER_HIP, 85)
                  .key(0.90, OTHER_HIP, 0)
                  .key(0.25, KNEE, 88)
                  .key(0.90, KNEE, 0)
                  .key(0.25, OTHER_KNEE, 88)
                  .key(0.90, OTHER_KNEE, 0)
                  .reach(0.15, 0.45, 0.55, 0.90, PELVIS_PITCH, 34)
                  .reach(0.15, 0.45, 0.55, 0.85, ARM_RAISE, 25)
                  .reach(0.15, 0.45, 0.55, 0.85, OTHER_ARM_RAISE, 25)),
          alone(
              "pick up",
              Score.rest()
                  .reach(0.05, 0.45, 0.55, 0.95, PELVIS_PITCH, 55)
                  .reach(0.05, 0.45, 0.55, 0.95, SPINE_PITCH, 25)
                  .reach(0.05, 0.45, 0.55, 0.95, KNEE, 50)
                  .reach(0.05, 0.45, 0.55, 0.95, OTHER_KNEE, 50)
                  .reach(0.05, 0.45, 0.55, 0.95, HIP, 40)
                  .reach(0.05, 0.45, 0.55, 0.95, OTHER_HIP, 40)
                  .reach(0.10, 0.42, 0.55, 0.90, ARM_RAISE, 70)),
          alone(
              "bow",
              Score.rest()
                  .reach(0.10, 0.45, 0.60, 0.92, PELVIS_PITCH, 40)
                  .reach(0.10, 0.45, 0.60, 0.92, SPINE_PITCH, 22)
                  .reach(0.10, 0.45, 0.60, 0.92, HEAD_PITCH, 18)),
          alone(
              "kick",
              Score.rest()
                  .key(0.15, HIP, 0)
                  .key(0.35, HIP, -28)
                  .key(0.52, HIP, 72)
                  .key(0.85, HIP, 0)
                  .reach(0.15, 0.36, 0.42, 0.55, KNEE, 60)
                  .reach(0.20, 0.45, 0.55, 0.85, SPINE_PITCH, -10)
                  .reach(0.20, 0.48, 0.55, 0.85, OTHER_ARM_RAISE, 35)),
          alone(
              "jump",
              Score.rest()
                  .reach(0.10, 0.34, 0.38, 0.48, HIP, 55)
                  .reach(0.10, 0.34, 0.38, 0.48, OTHER_HIP, 55)
                  .reach(0.10, 0.34, 0.38, 0.48, KNEE, 75)
                  .reach(0.10, 0.34, 0.38, 0.48, OTHER_KNEE, 75)
                  .reach(0.42, 0.54, 0.55, 0.67, JUMP, 0.28)
                  .reach(0.66, 0.72, 0.74, 0.90, KNEE, 40)
                  .reach(0.66, 0.72, 0.74, 0.90, OTHER_KNEE, 40)
                  .reach(0.30, 0.52, 0.56, 0.85, ARM_RAISE, 80)
                  .reach(0.30, 0.52, 0.56, 0.85, OTHER_ARM_RAISE, 80)),
          alone(
              "walk",
              Score.rest()
                  .key(0.0, FORWARD, 0)
                  .key(1.0, FORWARD, 1.6)
                  .swing(0, 1, HIP, 26, 2.5, 0)
                  .swing(0, 1, OTHER_HIP, 26, 2.5, 0.5)
                  .reach(0, 0.15, 0.85, 1, KNEE, 18)
                  .reach(0, 0.15, 0.85, 1, OTHER_KNEE, 18)
                  .swing(0, 1, KNEE, 16, 2.5, 0.75)
                  .swing(0, 1, OTHER_KNEE, 16, 2.5, 0.25)
                  .swing(0, 1, ARM_RAISE, 20, 2.5, 0.5)
                  .swing(0, 1, OTHER_ARM_RAISE, 20, 2.5, 0)),
          new Action("shake hands", List.of(handShaker(), handShaker()), 1.0),
          new Action(
              "hand over",
              List.of(
                  Score.rest()
                      .reach(0.05, 0.35, 0.60, 0.85, ARM_RAISE, 55)
                      .reach(0.05, 0.30, 0.60, 0.85, ELBOW, 35),
                  Score.rest()
                      .reach(0.25, 0.50, 0.60, 0.95, ARM_RAISE, 52)
                      .reach(0.60, 0.75, 0.80, 0.95, ELBOW, 70)),
              1.05),
          new Action(
              "push",
              List.of(
                  Score.rest()
                      .reach(0.05, 0.35, 0.55, 0.90, ARM_RAISE, 75)
                      .reach(0.05, 0.35, 0.55, 0.90, OTHER_ARM_RAISE, 75)
                      .reach(0.05, 0.20, 0.25, 0.38, ELBOW, 90)
                      .reach(0.05, 0.20, 0.25, 0.38, OTHER_ELBOW, 90)
                      .reach(0.20, 0.38, 0.55, 0.90, PELVIS_PITCH, 15),
                  Score.rest()
                      .key(0.36, FORWARD, 0)
                      .key(0.70, FORWARD, -0.7)
                      .reach(0.36, 0.45, 0.50, 0.75, PELVIS_PITCH, -16)
                      .reach(0.36, 0.46, 0.50, 0.72, HIP, 30)
                      .reach(0.36, 0.48, 0.55, 0.80, ARM_SPREAD, 35)
                      .reach(0.36, 0.48, 0.55, 0.80, OTHER_ARM_SPREAD, 35)),
              0.85));

  private static Action alone(String name, Score score) {
    return new Action(name, List.of(score), 0);
  }

  private static Score handShaker() {
    return Score.rest()
        .reach(0.05, 0.35, 0.72, 0.95, ARM_RAISE, 48)
        .reach(0.05, 0.35, 0.72, 0.95, ELBOW, 40)
        .swing(0.32, 0.75, ELBOW, 11, 3, 0);
  }
}
