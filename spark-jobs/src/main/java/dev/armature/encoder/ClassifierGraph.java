package dev.armature.encoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * An encoder with a classifier instead of projection heads, for DL4J to train as a whole: the
 * layers of {@link EncoderGraph} up to the representation, then softmax regression with cross
 * entropy.
 *
 * <p>The flat vector is the encoder's up to its heads, then the classifier's weights (classes ×
 * representation) and its bias (classes).
 */
public final class ClassifierGraph {
  private static final String CLASSIFIER = "classifier";

  private final EncoderShape shape;
  private final int classes;

  /**
   * @param shape the encoder's sizes; its heads have no part in this
   * @param classes at least 2
   */
  public ClassifierGraph(EncoderShape shape, int classes) {
    this.shape = shape;
    this.classes = classes;
  }

  /**
   * The configuration. It serializes to JSON and back.
   *
   * @param encoder trains the encoder
   * @param classifier trains the classifier
   */
  public ComputationGraphConfiguration configuration(IUpdater encoder, IUpdater classifier) {
    // Workspaces are off because the layers bring their own buffers.
    ComputationGraphConfiguration.GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .updater(encoder)
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs("input");
    String previous = "input";
    for (Map.Entry<String, Layer> layer : EncoderGraph.trunk(shape).entrySet()) {
      builder.addLayer(layer.getKey(), layer.getValue(), previous);
      previous = layer.getKey();
    }
    return builder
        .addLayer(
            CLASSIFIER,
            new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(shape.representation())
                .nOut(classes)
                .updater(classifier)
                .build(),
            previous)
        .setOutputs(CLASSIFIER)
        .build();
  }

  /**
   * The flat vector.
   *
   * @param encoder laid out as {@link ParameterLayout} says
   * @param weights classes × representation
   * @param bias by class
   */
  public float[] flat(float[] encoder, float[] weights, float[] bias) {
    int trunk = trunkSize();
    float[] flat = new float[trunk + weights.length + bias.length];
    System.arraycopy(encoder, 0, flat, 0, trunk);
    System.arraycopy(weights, 0, flat, trunk, weights.length);
    System.arraycopy(bias, 0, flat, trunk + weights.length, bias.length);
    return flat;
  }

  /**
   * The encoder of a flat vector.
   *
   * @param like an encoder, whose heads are taken
   */
  public float[] encoder(float[] flat, float[] like) {
    float[] encoder = like.clone();
    System.arraycopy(flat, 0, encoder, 0, trunkSize());
    return encoder;
  }

  /** The classifier's weights, classes × representation. */
  public float[] weights(float[] flat) {
    int trunk = trunkSize();
    return Arrays.copyOfRange(flat, trunk, trunk + classes * shape.representation());
  }

  /** The classifier's bias, by class. */
  public float[] bias(float[] flat) {
    return Arrays.copyOfRange(flat, flat.length - classes, flat.length);
  }

  private int trunkSize() {
    return new ParameterLayout(shape).tensor("head.0.0.weight").offset();
  }

  /** A network with the parameters of a flat vector. */
  public static ComputationGraph network(
      ComputationGraphConfiguration configuration, float[] flat) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init(Nd4j.create(flat, new long[] {1, flat.length}), false);
    return network;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /**
   * A batch as DL4J takes it.
   *
   * @param inputs frames × sequences × features; copied
   * @param labels of the sequences
   */
  public static MultiDataSet batch(
      float[] inputs, int frames, int features, int[] labels, int classes) {
    INDArray timeMajor = Nd4j.create(inputs, new long[] {frames, labels.length, features}, 'c');
    float[] expected = new float[labels.length * classes];
    for (int row = 0; row < labels.length; row++) {
      expected[row * classes + labels[row]] = 1;
    }
    return new MultiDataSet(
        TimeMajor.asRecurrent(timeMajor),
        Nd4j.create(expected, new long[] {labels.length, classes}, 'c'));
  }

  /**
   * Lends the layers of a network what they compute on, until it is closed; without, they would
   * leave native memory to the collector, which knows nothing of its size. For the one thread that
   * trains the network.
   *
   * @param threads native threads to use
   */
  public static Loan lend(ComputationGraph network, EncoderBackend backend, int threads) {
    if (backend.onGpu()) {
      throw new EngineUnavailableException(
          "encoder.backend = %s trains no encoder together with a classifier: set encoder.backend = onednn for the protocols semi-supervised and fine-tune"
              .formatted(backend.label()));
    }
    GraphArithmetic arithmetic = GraphArithmetic.onProcessor(backend, threads);
    BufferPool activations = new BufferPool();
    BufferPool scratch = new BufferPool();
    LayerRuntime runtime = new LayerRuntime(arithmetic, activations, scratch, true);
    List<EngineLayer> layers = new ArrayList<>();
    for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
      if (layer instanceof EngineLayer own) {
        own.attach(runtime);
        layers.add(own);
      }
    }
    return () -> {
      layers.forEach(EngineLayer::release);
      activations.close();
      scratch.close();
      arithmetic.close();
    };
  }

  /** What is lent to a network. */
  @FunctionalInterface
  public interface Loan extends AutoCloseable {
    /** Takes it back; the network can be trained no more, its parameters can be read. */
    @Override
    void close();
  }
}
