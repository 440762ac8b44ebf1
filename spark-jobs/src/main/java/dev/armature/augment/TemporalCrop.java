package dev.armature.augment;

import java.util.SplittableRandom;

/**
 * A run of a sequence's frames, resized to the frames of a view.
 *
 * <p>Resizing is linear interpolation with half-pixel centres, as PyTorch's {@code
 * interpolate(mode='bilinear', align_corners=False)}: view frame t looks at source position {@code
 * (t + ½)·length/frames − ½}, held within the crop.
 *
 * @param start first frame, 0-based
 * @param length number of frames, at least 1
 */
record TemporalCrop(int start, int length) {

  /**
   * A crop of random length and place: the length is a random share of the sequence, but at least
   * {@code minimumCrop} frames where the sequence has them.
   *
   * @param minimumRatio the share is uniform in [minimumRatio, 1)
   */
  static TemporalCrop random(
      int sequenceFrames, double minimumRatio, int minimumCrop, SplittableRandom random) {
    double ratio = minimumRatio + (1 - minimumRatio) * random.nextDouble();
    int asked = (int) Math.floor(sequenceFrames * ratio);
    int length = Math.min(Math.max(asked, minimumCrop), sequenceFrames);
    return new TemporalCrop(random.nextInt(sequenceFrames - length + 1), length);
  }

  /** The centre of a sequence: the same number of frames, rounded down, is left out at each end. */
  static TemporalCrop centre(int sequenceFrames, double ratio) {
    int margin = (int) ((1 - ratio) * sequenceFrames / 2);
    return new TemporalCrop(margin, sequenceFrames - 2 * margin);
  }

  /** Position in the crop, in frames, that a view's frame looks at: in [0, length − 1]. */
  double position(int frame, int frames) {
    double position = (frame + 0.5) * length / frames - 0.5;
    return Math.min(Math.max(position, 0), length - 1);
  }
}
