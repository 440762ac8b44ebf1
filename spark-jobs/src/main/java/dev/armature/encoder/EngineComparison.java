package dev.armature.encoder;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Whether two engines compute the same: both are given the same random parameters, momentum, views
 * and gradients, take the same steps, and every tensor of the steps is compared by itself, so that
 * no small one hides behind a large one.
 */
public final class EngineComparison {
  private static final float LEARNING_RATE = 0.01f;
  private static final float MOMENTUM = 0.9f;
  private static final float WEIGHT_DECAY = 1e-4f;

  /** Far enough from 1 for the key encoder to move by as much as rounding does not. */
  private static final double KEY_MOMENTUM = 0.9;

  /** Distance from 0 of what is rectified. */
  private static final float RECTIFIED = 1.5f;

  private final EncoderShape shape;
  private final ParameterLayout layout;
  private final int modalities;
  private final int frames;
  private final int batch;
  private final int steps;

  /**
   * @param modalities number of encoders, at most those that {@link Modality} has
   * @param frames of a view
   * @param batch sequences of a step
   * @param steps at least 1; what is read is that of the last, errors of all before it included
   */
  public EngineComparison(EncoderShape shape, int modalities, int frames, int batch, int steps) {
    this.shape = shape;
    this.modalities = modalities;
    this.frames = frames;
    this.batch = batch;
    this.steps = steps;
    layout = new ParameterLayout(shape);
  }

  /**
   * How far a tensor is from the one it is held against.
   *
   * @param tensor what it is
   * @param relative length of the difference, as a share of the expected tensor's; no number where
   *     the found one has what is none
   */
  public record Deviation(String tensor, double relative) {}

  /**
   * Takes the steps.
   *
   * @param engine of the sizes that were given
   * @return every tensor by its name, those of statistics included
   */
  public Map<String, float[]> run(EncoderEngine engine) {
    for (int modality = 0; modality < modalities; modality++) {
      engine.setParameters(Branch.QUERY, modality, parameters(modality));
      engine.setParameters(Branch.KEY, modality, parameters(modality + modalities));
      engine.setVelocity(modality, momentum(modality));
    }
    Map<String, float[]> found = new LinkedHashMap<>();
    for (int step = 0; step < steps; step++) {
      embeddings(found, "query embeddings", engine.embedQueries(views(step)));
      engine.movingAverage(KEY_MOMENTUM);
      embeddings(found, "key embeddings", engine.embedKeys(views(step + steps)));
      engine.backward(directions(step));
      engine.update(LEARNING_RATE, MOMENTUM, WEIGHT_DECAY);
    }
    float[] flat = new float[layout.size()];
    for (int modality = 0; modality < modalities; modality++) {
      engine.readGradients(modality, flat);
      tensors(found, "gradient", modality, flat, false);
      engine.readVelocity(modality, flat);
      tensors(found, "momentum", modality, flat, false);
      engine.readParameters(Branch.QUERY, modality, flat);
      tensors(found, "query encoder", modality, flat, true);
      engine.readParameters(Branch.KEY, modality, flat);
      tensors(found, "key encoder", modality, flat, true);
      ViewBatch views = views(2 * steps);
      found.put(name("representations", modality), engine.represent(modality, views));
      found.put(name("evaluated embeddings", modality), engine.embed(modality, views));
    }
    return found;
  }

  private static String name(String what, int modality) {
    return "%s, modality %d".formatted(what, modality);
  }

  private static void embeddings(Map<String, float[]> found, String what, float[][] byModality) {
    for (int modality = 0; modality < byModality.length; modality++) {
      found.put(name(what, modality), byModality[modality]);
    }
  }

  private void tensors(
      Map<String, float[]> found, String what, int modality, float[] flat, boolean statistics) {
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      if (statistics || !tensor.statistic()) {
        int end = tensor.offset() + tensor.length();
        found.put(
            name(what + ", " + tensor.name(), modality),
            Arrays.copyOfRange(flat, tensor.offset(), end));
      }
    }
  }

  /**
   * Uniform as PyTorch draws GRUs; statistics and scales of the input norm about 0 and 1. What is
   * rectified lies on either side of 0 by several times its spread, which is about 0.25 at every
   * size: the gradient by what is close to 0 is all or nothing, as rounding has it, and of 512 such
   * numbers those few that fell on the other side put gradients off by 7 in 100.
   */
  private float[] parameters(int seed) {
    float[] values = random(layout.size(), seed, 1 / Math.sqrt(shape.hidden()));
    for (String positive : List.of("input_norm.weight", "input_norm.running_var")) {
      ParameterLayout.Tensor tensor = layout.tensor(positive);
      for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        values[i] = 1 + 0.5f * values[i];
      }
    }
    for (int head = 0; head < shape.heads(); head++) {
      ParameterLayout.Tensor bias = layout.tensor("head.%d.0.bias".formatted(head));
      for (int i = bias.offset(); i < bias.offset() + bias.length(); i++) {
        values[i] += Math.copySign(RECTIFIED, values[i]);
      }
    }
    return values;
  }

  private float[] momentum(int seed) {
    float[] values = random(layout.size(), 1000 + seed, 1e-3);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      if (tensor.statistic()) {
        Arrays.fill(values, tensor.offset(), tensor.offset() + tensor.length(), 0);
      }
    }
    return values;
  }

  private ViewBatch views(int seed) {
    List<Modality> named = List.of(Modality.values()).subList(0, modalities);
    float[][] inputs = new float[modalities][];
    for (int modality = 0; modality < modalities; modality++) {
      inputs[modality] =
          random(frames * batch * shape.features(), 2000 + seed * modalities + modality, 1);
    }
    return new ViewBatch(named, frames, batch, shape.features(), inputs);
  }

  private float[][] directions(int seed) {
    float[][] directions = new float[modalities][];
    for (int modality = 0; modality < modalities; modality++) {
      directions[modality] =
          random(shape.heads() * batch * shape.embedding(), 3000 + seed * modalities + modality, 1);
    }
    return directions;
  }

  private static float[] random(int length, long seed, double greatest) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-greatest, greatest);
    }
    return values;
  }

  /**
   * Compares what two engines have computed.
   *
   * @return a deviation of every tensor, in their order
   * @throws IllegalArgumentException if they are not the same tensors
   */
  public static List<Deviation> compare(Map<String, float[]> found, Map<String, float[]> expected) {
    if (!found.keySet().equals(expected.keySet())) {
      throw new IllegalArgumentException(
          "the engines computed other tensors: found %s, expected %s"
              .formatted(found.keySet(), expected.keySet()));
    }
    List<Deviation> deviations = new ArrayList<>();
    expected.forEach(
        (name, values) -> deviations.add(new Deviation(name, distance(found.get(name), values))));
    return deviations;
  }

  private static double distance(float[] found, float[] expected) {
    if (found.length != expected.length) {
      throw new IllegalArgumentException(
          "a tensor has %d numbers, expected %d".formatted(found.length, expected.length));
    }
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      double off = (double) found[i] - expected[i];
      difference += off * off;
      length += (double) expected[i] * expected[i];
    }
    return difference == 0 ? 0 : Math.sqrt(difference / length);
  }

  /**
   * How far a tensor of a step may be from that of the processor's engine: of products of floats,
   * what the order of sums makes; of rounded factors, five times what rounding them to 10 and 7
   * bits of mantissa made of three layers and 64 frames in main memory, 1e-3 and 1e-2.
   */
  public static double bound(GpuPrecision precision) {
    return switch (precision) {
      case FLOAT32 -> 1e-4;
      case TF32 -> 5e-3;
      case BFLOAT16 -> 5e-2;
    };
  }
}
