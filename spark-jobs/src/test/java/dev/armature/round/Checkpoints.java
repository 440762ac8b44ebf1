package dev.armature.round;

import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Modality;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Small checkpoints of random numbers, which follow from their number of rounds. */
public final class Checkpoints {
  static final EncoderShape SHAPE = new EncoderShape(6, 3, 2, 4, 1, Recurrence.LOCKSTEP);

  private Checkpoints() {}

  /** A checkpoint after a number of rounds. */
  public static Checkpoint of(int rounds) {
    return of(rounds, SHAPE);
  }

  static Checkpoint of(int rounds, EncoderShape shape) {
    SplittableRandom random = new SplittableRandom(rounds);
    int size = new ParameterLayout(shape).size();
    ModelState model =
        new ModelState(
            List.of(block(size, random), block(size, random)),
            List.of(block(size, random), block(size, random)),
            List.of(block(size, random), block(size, random)));
    float[][] keys = new float[2 * shape.heads()][];
    Arrays.setAll(keys, stream -> block(5 * 4, random).values());
    return new Checkpoint(
        new TrainingState(rounds, 7L * rounds, 3 * rounds, model, new QueueSnapshot(5, 4, 3, keys)),
        shape,
        List.of(Modality.BONE_MOTION, Modality.JOINT),
        Map.of("data", "synthetic", "configuration", "{\"a\":\"\u00e9\"}"));
  }

  private static FloatBlock block(int size, SplittableRandom random) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble() - 0.5f;
    }
    return new FloatBlock(values);
  }
}
