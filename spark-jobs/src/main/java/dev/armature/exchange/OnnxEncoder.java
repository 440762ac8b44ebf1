package dev.armature.exchange;

import static dev.armature.exchange.OnnxGraph.attribute;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.ParameterLayout.Tensor;
import dev.armature.encoder.PyTorchOrder;
import dev.armature.encoder.Recurrence;
import dev.armature.exchange.OnnxGraph.Extent;
import dev.armature.skeleton.Modality;
import java.util.Arrays;
import java.util.List;

/**
 * Writes one modality's encoder, in evaluation mode, into an {@link OnnxGraph}. Every name begins
 * with the modality's label, and tensors keep the names of {@link ParameterLayout}.
 *
 * <p>ONNX's GRU has, with {@code linear_before_reset = 1}, the formulas of this project's encoders,
 * gate by gate and sign by sign ({@code H = (1 − z) ⊙ h + z ⊙ H₋₁}), and orders the gates update,
 * reset, hidden as {@link ParameterLayout} does. Its matrices are transposed (3·hidden × in), and
 * the two biases lie in one tensor. Each of a layer's two GRUs is a node of its own: the second has
 * direction {@code forward} in {@link Recurrence#LOCKSTEP} and {@code reverse} in {@link
 * Recurrence#BIDIRECTIONAL}, where output <i>t</i> is the state after frame <i>t</i> coming from
 * the end.
 *
 * @see <a href="https://onnx.ai/onnx/operators/onnx__GRU.html#gru-14">ONNX operator GRU-14</a>
 */
final class OnnxEncoder {
  /** Of the input norm's variance: PyTorch's default, as in training. */
  private static final double VARIANCE_EPSILON = 1e-5;

  /** The least length that an embedding is divided by: PyTorch's default, as in training. */
  private static final float LENGTH_EPSILON = 1e-12f;

  private static final Extent BATCH = Extent.chosenByTheRun("batch");
  private static final Extent FRAMES = Extent.chosenByTheRun("frames");

  private final OnnxGraph graph;
  private final Modality modality;
  private final EncoderShape shape;
  private final ParameterLayout layout;
  private final float[] parameters;

  /**
   * @param graph is added to
   * @param parameters laid out as {@link ParameterLayout} says; read only
   */
  OnnxEncoder(
      OnnxGraph graph,
      Modality modality,
      EncoderShape shape,
      ParameterLayout layout,
      float[] parameters) {
    this.graph = graph;
    this.modality = modality;
    this.shape = shape;
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Adds the modality's input, outputs, nodes and weights. */
  void write() {
    graph.input(modality.label(), input(), BATCH, FRAMES, Extent.of(shape.features()));
    String frames =
        graph.node(
            "Transpose",
            name("time_major"),
            List.of(modality.label()),
            attribute("perm", List.of(1L, 0L, 2L)));
    frames = inputNorm(frames);
    String directionAxis = graph.constant(name("gru.direction_axis"), new long[] {1}, 1);
    for (int layer = 0; layer < shape.layers(); layer++) {
      frames = gruPair(frames, "gru." + layer, directionAxis);
    }
    String representation = lastFrame(frames);
    graph.output(
        representation,
        "The top layer's output at the last frame, which evaluations use; not normalized",
        BATCH,
        Extent.of(shape.representation()));
    graph.output(
        unitLength(head(representation)),
        "The projected representation, of length 1, which the training loss saw",
        BATCH,
        Extent.of(shape.embedding()));
  }

  private String input() {
    String contents =
        switch (modality) {
          case JOINT -> "Coordinates of the joints.";
          case MOTION -> "Change of the joints' coordinates to the next frame; last frame zero.";
          case BONE -> "Offset of each joint from its parent.";
          case ACCELERATION -> "Change of the motion to the next frame; last two frames zero.";
          case BONE_MOTION -> "Change of the bones to the next frame; last frame zero.";
          case BONE_ACCELERATION ->
              "Change of the bones' motion to the next frame; last two frames zero.";
        };
    return contents + " Feature " + OnnxModel.FEATURE_ORDER + ".";
  }

  /** The formula and the roundings of the engine's own evaluation mode. */
  private String inputNorm(String frames) {
    float[] weight = values("input_norm.weight");
    float[] variance = values("input_norm.running_var");
    float[] scale = new float[weight.length];
    for (int f = 0; f < scale.length; f++) {
      scale[f] = (float) (weight[f] / Math.sqrt(variance[f] + VARIANCE_EPSILON));
    }
    String centred =
        graph.node(
            "Sub",
            name("input_norm.centred"),
            List.of(frames, vector("input_norm.running_mean", values("input_norm.running_mean"))));
    String scaled =
        graph.node(
            "Mul", name("input_norm.scaled"), List.of(centred, vector("input_norm.scale", scale)));
    return graph.node(
        "Add",
        name("input_norm"),
        List.of(scaled, vector("input_norm.bias", values("input_norm.bias"))));
  }

  /** From frames × batch × in to frames × batch × 2·hidden. */
  private String gruPair(String frames, String layer, String directionAxis) {
    String second = shape.recurrence() == Recurrence.LOCKSTEP ? "forward" : "reverse";
    // frames × 1 × batch × hidden each.
    String pair =
        graph.node(
            "Concat",
            name(layer + ".pair"),
            List.of(
                gru(frames, layer + ".forward", "forward"), gru(frames, layer + ".second", second)),
            attribute("axis", 3));
    return graph.node("Squeeze", name(layer), List.of(pair, directionAxis));
  }

  private String gru(String frames, String gru, String direction) {
    int hidden = shape.hidden();
    Tensor input = tensor(gru + ".weight_input");
    String inputWeight =
        graph.constant(name(input.name()), transposed(input), 1, 3L * hidden, input.shape().get(0));
    Tensor recurrent = tensor(gru + ".weight_hidden");
    String recurrentWeight =
        graph.constant(name(recurrent.name()), transposed(recurrent), 1, 3L * hidden, hidden);
    float[] biases = Arrays.copyOf(values(gru + ".bias_input"), 6 * hidden);
    System.arraycopy(values(gru + ".bias_hidden"), 0, biases, 3 * hidden, 3 * hidden);
    String bias = graph.constant(name(gru + ".bias"), biases, 1, 6L * hidden);
    return graph.node(
        "GRU",
        name(gru),
        List.of(frames, inputWeight, recurrentWeight, bias),
        attribute("direction", direction),
        attribute("hidden_size", hidden),
        attribute("linear_before_reset", 1));
  }

  /** From frames × batch × 2·hidden to batch × 2·hidden. */
  private String lastFrame(String frames) {
    String last = graph.constant(name("last_frame"), new long[] {-1});
    return graph.node(
        "Gather", name("representation"), List.of(frames, last), attribute("axis", 0));
  }

  private String head(String representation) {
    String dense = dense(representation, "head.0.0");
    String rectified = graph.node("Relu", name("head.0.rectified"), List.of(dense));
    return dense(rectified, "head.0.1");
  }

  private String dense(String rows, String layer) {
    Tensor weight = tensor(layer + ".weight");
    String matrix =
        graph.constant(
            name(weight.name()), values(weight), weight.shape().get(0), weight.shape().get(1));
    return graph.node(
        "Gemm",
        name(layer),
        List.of(rows, matrix, vector(layer + ".bias", values(layer + ".bias"))));
  }

  private String unitLength(String rows) {
    String length =
        graph.node(
            "ReduceL2",
            name("embedding.length"),
            List.of(rows),
            attribute("axes", List.of(1L)),
            attribute("keepdims", 1));
    String least = graph.constant(name("embedding.least_length"), new float[] {LENGTH_EPSILON});
    String divisor = graph.node("Max", name("embedding.divisor"), List.of(length, least));
    return graph.node("Div", name("embedding"), List.of(rows, divisor));
  }

  private String vector(String tensor, float[] values) {
    return graph.constant(name(tensor), values, values.length);
  }

  private String name(String part) {
    return modality.label() + "." + part;
  }

  private Tensor tensor(String name) {
    return layout.tensor(name);
  }

  private float[] transposed(Tensor matrix) {
    return PyTorchOrder.transposed(values(matrix), matrix.shape().get(0), matrix.shape().get(1));
  }

  private float[] values(String name) {
    return values(tensor(name));
  }

  private float[] values(Tensor tensor) {
    return Arrays.copyOfRange(parameters, tensor.offset(), tensor.offset() + tensor.length());
  }
}
