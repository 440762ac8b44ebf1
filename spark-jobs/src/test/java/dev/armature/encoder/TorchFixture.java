package dev.armature.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Tensors that a script of {@code src/test/oracle} wrote, in the format of tensor_file.py. */
public final class TorchFixture {
  private final Map<String, float[]> tensors = new HashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();

  /**
   * Reads a fixture.
   *
   * @param test the class beside which it lies
   */
  public static TorchFixture of(Class<?> test, String file) {
    try (InputStream in = test.getResourceAsStream(file)) {
      return new TorchFixture(ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TorchFixture(ByteBuffer bytes) {
    String line = line(bytes);
    while (!line.isEmpty()) {
      String[] words = line.split(" ", -1);
      shapes.put(
          words[0], Arrays.stream(words, 1, words.length).mapToInt(Integer::parseInt).toArray());
      line = line(bytes);
    }
    shapes.forEach(
        (name, shape) -> {
          float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
          for (int i = 0; i < values.length; i++) {
            values[i] = bytes.getFloat();
          }
          tensors.put(name, values);
        });
  }

  private static String line(ByteBuffer bytes) {
    StringBuilder line = new StringBuilder();
    for (char next = (char) bytes.get(); next != '\n'; next = (char) bytes.get()) {
      line.append(next);
    }
    return line.toString();
  }

  /** A tensor's numbers, row-major. */
  public float[] values(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** A tensor's dimensions. */
  public int[] shape(String name) {
    return Objects.requireNonNull(shapes.get(name), name);
  }

  /**
   * What the published names say of an encoder, in our order. Running statistics, which gradients
   * and momentum do not have, stay zero where they are missing.
   */
  public float[] flat(String prefix, EncoderShape shape) {
    ParameterLayout layout = new ParameterLayout(shape);
    float[] flat = new float[layout.size()];
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      String name = prefix + torchName(tensor.name());
      if (!tensor.statistic() || tensors.containsKey(name)) {
        float[] ours = ours(tensor, values(name), shape.hidden());
        System.arraycopy(ours, 0, flat, tensor.offset(), tensor.length());
      }
    }
    return flat;
  }

  private static float[] ours(ParameterLayout.Tensor tensor, float[] values, int hidden) {
    boolean matrix = tensor.shape().size() == 2;
    if (tensor.name().startsWith("gru.")) {
      return matrix
          ? PyTorchOrder.gruWeightFromPyTorch(values, tensor.shape().get(0), hidden)
          : PyTorchOrder.gruBias(values, hidden);
    }
    return matrix
        ? PyTorchOrder.transposed(values, tensor.shape().get(1), tensor.shape().get(0))
        : values;
  }

  private static String torchName(String name) {
    String[] words = name.split("\\.", -1);
    return switch (words[0]) {
      case "input_norm" -> name;
      case "gru" ->
          "encoder.gru."
              + words[3].replace("_input", "_ih_l").replace("_hidden", "_hh_l")
              + words[1]
              + (words[2].equals("second") ? "_reverse" : "");
      default ->
          (words[1].equals("0") ? "fc." : "fc_cluster.")
              + (words[2].equals("1") ? "2." : "0.")
              + words[3];
    };
  }
}
