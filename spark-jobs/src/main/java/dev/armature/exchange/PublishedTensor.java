package dev.armature.exchange;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.PyTorchOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One tensor of an encoder, as the published code names and PyTorch stores it, beside the same
 * tensor of ours.
 *
 * @param name within the encoder, for instance {@code encoder.gru.weight_ih_l0_reverse}
 * @param shape in PyTorch's layout: outputs × inputs, where it is a matrix
 * @param place where our vector has it
 * @param order how the two orders of its numbers differ
 */
record PublishedTensor(
    String name, List<Integer> shape, ParameterLayout.Tensor place, Order order) {

  /** How PyTorch's order of a tensor's numbers differs from ours. */
  enum Order {
    /** Not at all. */
    SAME,
    /** Rows and columns change places. */
    TRANSPOSED,
    /** So they do, and the gates of a GRU come in another order. */
    GATE_MATRIX,
    /** The gates of a GRU come in another order. */
    GATE_BIAS
  }

  /** What the names of an instance head's tensors begin with. */
  private static final String FIRST_HEAD = "head.0.";

  /**
   * An encoder's tensors in the order in which the published model registers them, which is the
   * order of PyTorch's optimizers: recurrent layers, projection, input norm. The published model
   * has one projection; a second head of ours is not among them.
   */
  static List<PublishedTensor> of(EncoderShape shape) {
    List<PublishedTensor> tensors = new ArrayList<>();
    for (ParameterLayout.Tensor place : new ParameterLayout(shape).tensors()) {
      if (!place.name().startsWith("head.") || place.name().startsWith(FIRST_HEAD)) {
        tensors.add(of(place));
      }
    }
    // A stable sort: within each part our order is PyTorch's.
    tensors.sort(Comparator.comparing(tensor -> tensor.name().startsWith("input_norm.")));
    return tensors;
  }

  private static PublishedTensor of(ParameterLayout.Tensor place) {
    String[] parts = place.name().split("\\.", -1);
    return switch (parts[0]) {
      case "gru" -> {
        String name =
            "encoder.gru.%s_l%s%s"
                .formatted(
                    parts[3].replace("_input", "_ih").replace("_hidden", "_hh"),
                    parts[1],
                    parts[2].equals("second") ? "_reverse" : "");
        Order order = place.shape().size() == 2 ? Order.GATE_MATRIX : Order.GATE_BIAS;
        yield new PublishedTensor(name, turned(place.shape()), place, order);
      }
      case "head" -> {
        // The second layer comes after the rectifier, which counts as number 1.
        String name = "fc.%d.%s".formatted(2 * Integer.parseInt(parts[2]), parts[3]);
        Order order = place.shape().size() == 2 ? Order.TRANSPOSED : Order.SAME;
        yield new PublishedTensor(name, turned(place.shape()), place, order);
      }
      default -> new PublishedTensor(place.name(), place.shape(), place, Order.SAME);
    };
  }

  private static List<Integer> turned(List<Integer> shape) {
    return shape.size() == 2 ? List.of(shape.get(1), shape.get(0)) : shape;
  }

  /** Whether PyTorch counts it as a parameter and not as a buffer. */
  boolean parameter() {
    return !place.statistic();
  }

  /**
   * Its numbers in PyTorch's order.
   *
   * @param vector of the whole encoder
   */
  float[] toPyTorch(float[] vector) {
    float[] numbers = Arrays.copyOfRange(vector, place.offset(), place.offset() + place.length());
    return switch (order) {
      case SAME -> numbers;
      case TRANSPOSED -> PyTorchOrder.transposed(numbers, shape.get(1), shape.get(0));
      case GATE_MATRIX -> PyTorchOrder.gruWeightToPyTorch(numbers, shape.get(1), shape.get(0) / 3);
      case GATE_BIAS -> PyTorchOrder.gruBias(numbers, shape.get(0) / 3);
    };
  }

  /**
   * Puts its numbers where they belong.
   *
   * @param numbers in PyTorch's order
   * @param vector of the whole encoder
   */
  void fromPyTorch(float[] numbers, float[] vector) {
    float[] ours =
        switch (order) {
          case SAME -> numbers;
          case TRANSPOSED -> PyTorchOrder.transposed(numbers, shape.get(0), shape.get(1));
          case GATE_MATRIX ->
              PyTorchOrder.gruWeightFromPyTorch(numbers, shape.get(1), shape.get(0) / 3);
          case GATE_BIAS -> PyTorchOrder.gruBias(numbers, shape.get(0) / 3);
        };
    System.arraycopy(ours, 0, vector, place.offset(), place.length());
  }
}
