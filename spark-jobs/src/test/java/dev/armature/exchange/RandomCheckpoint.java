package dev.armature.exchange;

import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.round.Checkpoint;
import dev.armature.round.FloatBlock;
import dev.armature.round.ModelState;
import dev.armature.round.TrainSettings;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Checkpoints in which no two numbers are alike. */
final class RandomCheckpoint {
  static final TrainSettings TRAIN =
      new TrainSettings(4, 0, 0, 10, 0, 0.02, List.of(), 0.9, 1e-4, 0.999, 1, true);

  private RandomCheckpoint() {}

  static Checkpoint of(EncoderShape shape, List<Modality> modalities, int capacity, long enqueued) {
    SplittableRandom random = new SplittableRandom(5);
    float[][] queues = new float[modalities.size() * shape.heads()][];
    for (int m = 0; m < queues.length; m++) {
      queues[m] = numbers(random, capacity * shape.embedding());
    }
    ModelState model =
        new ModelState(
            blocks(shape, modalities, random, false),
            blocks(shape, modalities, random, false),
            blocks(shape, modalities, random, true));
    return new Checkpoint(
        new TrainingState(
            0, 321, 12, model, new QueueSnapshot(capacity, shape.embedding(), enqueued, queues)),
        shape,
        modalities,
        Map.of("data", "synthetic xsub", "data.layout", "{\"joints\":25}"));
  }

  /** A velocity is zero where the statistics lie. */
  private static List<FloatBlock> blocks(
      EncoderShape shape, List<Modality> modalities, SplittableRandom random, boolean velocity) {
    ParameterLayout layout = new ParameterLayout(shape);
    return Stream.generate(
            () -> {
              float[] values = numbers(random, layout.size());
              for (ParameterLayout.Tensor tensor : layout.tensors()) {
                for (int i = 0; velocity && tensor.statistic() && i < tensor.length(); i++) {
                  values[tensor.offset() + i] = 0;
                }
              }
              return new FloatBlock(values);
            })
        .limit(modalities.size())
        .toList();
  }

  private static float[] numbers(SplittableRandom random, int length) {
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
