package dev.armature.encoder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * The encoder as a DL4J computation graph: {@code input} → {@code input_norm} → {@code gru.0} … →
 * {@code representation} (the last frame) → for each head {@code head.i} → {@code embedding.i}.
 *
 * <p>The graph's flat parameter vector is laid out as {@link ParameterLayout} says: DL4J orders it
 * by layers, and a layer's tensors come in the order of its {@link TensorParameters}.
 */
public final class EncoderGraph {
  /** The vertex whose activations are evaluated. */
  static final String REPRESENTATION = "representation";

  private EncoderGraph() {}

  /**
   * Configuration of an encoder. It serializes to JSON and back.
   *
   * @param shape the encoder's sizes
   * @param seed of the first weights when DL4J initializes the graph itself
   */
  public static ComputationGraphConfiguration configuration(EncoderShape shape, long seed) {
    // Workspaces are off because the layers bring their own buffers.
    ComputationGraphConfiguration.GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs("input");
    String previous = "input";
    for (Map.Entry<String, Layer> layer : trunk(shape).entrySet()) {
      builder.addLayer(layer.getKey(), layer.getValue(), previous);
      previous = layer.getKey();
    }
    List<String> outputs = new ArrayList<>();
    for (int head = 0; head < shape.heads(); head++) {
      builder.addLayer("head." + head, head(shape), REPRESENTATION);
      builder.addLayer(embedding(head), new UnitLength(), "head." + head);
      outputs.add(embedding(head));
    }
    return builder
        .setOutputs(outputs.toArray(new String[0]))
        .validateOutputLayerConfig(false)
        .build();
  }

  /** Name of the vertex that puts out a head's embeddings. */
  static String embedding(int head) {
    return "embedding." + head;
  }

  /** The layers up to the representation, by name, in order. */
  static Map<String, Layer> trunk(EncoderShape shape) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    layers.put("input_norm", new InputNorm(shape.features()));
    for (int layer = 0; layer < shape.layers(); layer++) {
      layers.put(
          "gru." + layer,
          new GruPair(shape.layerInput(layer), shape.hidden(), shape.recurrence(), layer));
    }
    layers.put(REPRESENTATION, new LastFrame());
    return layers;
  }

  private static Layer head(EncoderShape shape) {
    return new ProjectionHead(shape.representation(), shape.embedding());
  }

  /** All tensors of an encoder, in the order of its flat vector. */
  static List<NamedTensor> tensors(EncoderShape shape) {
    List<NamedTensor> tensors = new ArrayList<>();
    for (Layer layer : trunk(shape).values()) {
      tensors.addAll(TensorParameters.tensors(layer));
    }
    for (int head = 0; head < shape.heads(); head++) {
      tensors.addAll(TensorParameters.tensors(head(shape)));
    }
    return tensors;
  }
}
