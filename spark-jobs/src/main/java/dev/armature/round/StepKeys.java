package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.distill.StepTargets;

/**
 * What the steps of a round are taught with. For every step, in order: {@link #queryViews}, then
 * {@link #keys}, {@link #targets}, and {@link #done}.
 */
interface StepKeys {

  /** The views that the query encoders look at. */
  ViewBatch queryViews(int step);

  /** The keys of the same sequences' other views, by modality: heads × batch × embedding. */
  float[][] keys(int step);

  /** What the keys teach. */
  StepTargets targets(int step);

  /**
   * The step's losses are computed.
   *
   * @param byStream the step's, by stream: batch × embedding
   */
  void done(float[][] byStream);
}
