package dev.armature.evaluate;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Bone;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Four joints that wave in one of three ways, with noise. */
final class ToyData {
  static final int CLASSES = 3;
  static final SkeletonLayout LAYOUT =
      new SkeletonLayout(
          "toy",
          List.of("root", "head", "left", "right"),
          List.of(new Bone(0, 0), new Bone(1, 0), new Bone(2, 1), new Bone(3, 1)),
          0,
          new SkeletonLayout.Axis(0, 1),
          new SkeletonLayout.Axis(2, 3));
  static final EncoderShape SHAPE = new EncoderShape(12, 4, 1, 4, 1, Recurrence.LOCKSTEP);

  private ToyData() {}

  /** Sequences of indices 0 to rows − 1. */
  static List<StoredSequence> sequences(int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<StoredSequence> sequences = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      sequences.add(new StoredSequence(row, sequence(row, row % CLASSES, random)));
    }
    return sequences;
  }

  static SkeletonSequence sequence(int row, int label, SplittableRandom random) {
    int frames = 20 + random.nextInt(80);
    float[] coordinates = new float[frames * 12];
    float[] rest = {0, 0, 0, 0, 0, 1, -1, 0, 0.5f, 1, 0, 0.5f};
    for (int frame = 0; frame < frames; frame++) {
      double phase = Math.PI * frame / frames;
      for (int number = 3; number < 12; number++) {
        coordinates[frame * 12 + number] = rest[number] + (float) (0.12 * random.nextGaussian());
      }
      coordinates[frame * 12 + 6 + label] += (float) Math.sin(phase);
      coordinates[frame * 12 + 9 + (label + 1) % 3] += (float) (0.5 * Math.sin(phase));
    }
    return new SkeletonSequence("toy-" + row, label, 1, 1, 1, frames, 1, 4, coordinates);
  }

  /** Parameters for as many encoders. */
  static float[][] parameters(int encoders, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] parameters = new float[encoders][new ParameterLayout(SHAPE).size()];
    for (float[] encoder : parameters) {
      for (int place = 0; place < encoder.length; place++) {
        encoder[place] = (float) (0.05 * random.nextGaussian());
      }
    }
    return parameters;
  }
}
