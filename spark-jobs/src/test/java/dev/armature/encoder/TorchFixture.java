package dev.armature.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What src/test/oracle/encoder_oracle.py wrote. */
final class TorchFixture {
  private final Map<String, float[]> tensors = new HashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();

  static TorchFixture of(Recurrence recurrence) {
    String name = "encoder-" + recurrence.name().toLowerCase(Locale.ROOT) + ".bin";
    try (InputStream in = TorchFixture.class.getResourceAsStream(name)) {
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

  float[] values(String name) {
    return tensors.get(name);
  }

  int[] shape(String name) {
    return shapes.get(name);
  }

  /** An encoder's parameters, or gradients, in our order; what PyTorch does not have stays zero. */
  float[] flat(String prefix, EncoderShape shape) {
    ParameterLayout layout = new ParameterLayout(shape);
    float[] flat = new float[layout.size()];
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      String name = prefix + torchName(tensor.name());
      float[] values = tensors.get(name);
      if (values != null) {
        System.arraycopy(
            ours(tensor, values, shape.hidden()), 0, flat, tensor.offset(), tensor.length());
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
      case "input_norm" -> "norm." + words[1];
      case "gru" ->
          "layers."
              + words[1]
              + "."
              + words[3].replace("_input", "_ih_l0").replace("_hidden", "_hh_l0")
              + (words[2].equals("second") ? "_reverse" : "");
      default ->
          "heads." + words[1] + "." + (words[2].equals("1") ? "2" : words[2]) + "." + words[3];
    };
  }
}
