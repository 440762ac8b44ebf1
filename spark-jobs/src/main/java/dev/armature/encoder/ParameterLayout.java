package dev.armature.encoder;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each tensor of one encoder lies in its flat vector.
 *
 * <p>In order: the input norm ({@code weight}, {@code bias}, {@code running_mean}, {@code
 * running_var}), then for each recurrent layer and each of its two GRUs ({@code forward}, {@code
 * second}) {@code weight_input} (in × 3·hidden), {@code weight_hidden} (hidden × 3·hidden), {@code
 * bias_input} and {@code bias_hidden} (3·hidden), then for each head two dense layers, each {@code
 * weight} (in × out) and {@code bias} (out). Matrices are row-major with the input along the rows;
 * the gates of a GRU are ordered update, reset, candidate, as oneDNN wants them, so that no weight
 * is moved in a training step. PyTorch orders reset, update, candidate and stores the transpose.
 */
public final class ParameterLayout implements Serializable {

  /**
   * One named tensor.
   *
   * @param name for instance {@code gru.0.forward.weight_input}
   * @param offset position of its first number
   * @param shape one or two dimensions
   * @param statistic whether it is an input norm's running statistic, which no gradient touches
   */
  public record Tensor(String name, int offset, List<Integer> shape, boolean statistic)
      implements Serializable {
    /** How many numbers it has. */
    public int length() {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
  }

  private final List<Tensor> tensors = new ArrayList<>();
  private int size;

  /**
   * @throws ArithmeticException if an encoder of that shape has more than 2³¹−1 numbers
   */
  public ParameterLayout(EncoderShape shape) {
    int gates = 3 * shape.hidden();
    add("input_norm.weight", false, shape.features());
    add("input_norm.bias", false, shape.features());
    add("input_norm.running_mean", true, shape.features());
    add("input_norm.running_var", true, shape.features());
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (String direction : List.of("forward", "second")) {
        String prefix = "gru." + layer + "." + direction + ".";
        add(prefix + "weight_input", false, shape.layerInput(layer), gates);
        add(prefix + "weight_hidden", false, shape.hidden(), gates);
        add(prefix + "bias_input", false, gates);
        add(prefix + "bias_hidden", false, gates);
      }
    }
    int representation = shape.representation();
    for (int head = 0; head < shape.heads(); head++) {
      String prefix = "head." + head + ".";
      add(prefix + "0.weight", false, representation, representation);
      add(prefix + "0.bias", false, representation);
      add(prefix + "1.weight", false, representation, shape.embedding());
      add(prefix + "1.bias", false, shape.embedding());
    }
  }

  private void add(String name, boolean statistic, Integer... shape) {
    Tensor tensor = new Tensor(name, size, List.of(shape), statistic);
    tensors.add(tensor);
    size = Math.addExact(size, tensor.length());
  }

  /** Length of the flat vector. */
  public int size() {
    return size;
  }

  /** The tensors, in order of their offsets; together they cover the vector. */
  public List<Tensor> tensors() {
    return List.copyOf(tensors);
  }

  /**
   * The tensor of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor tensor(String name) {
    return tensors.stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no tensor is named " + name));
  }
}
