package dev.armature.encoder;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs two GRUs over the same input and writes their outputs side by side. */
final class GruPairLayer extends BaseLayer<GruPair> implements EngineLayer {
  private LayerRuntime runtime;
  private GruShape firstShape;
  private GruShape secondShape;
  private GruTrace firstTrace;
  private GruTrace secondTrace;
  private INDArray output;

  GruPairLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public void attach(LayerRuntime lent) {
    release();
    runtime = lent;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (runtime == null) {
      runtime = LayerRuntime.standalone();
    }
    GruPair configuration = layerConf();
    INDArray source = TimeMajor.of(input);
    boolean retain = training && runtime.retain();
    reshape(source);
    // Without a backward pass only a layer's direct input must outlive its output.
    String name = "gru." + (retain ? configuration.depth() : configuration.depth() % 2);
    output =
        runtime.activations().get(name, source.size(0), source.size(1), configuration.getNOut());
    INDArray firstHalf = half(output, 0);
    INDArray secondHalf = half(output, 1);
    GruWeights firstWeights = weights(params, GruPair.FIRST);
    GruWeights secondWeights = weights(params, GruPair.SECOND);
    GraphArithmetic arithmetic = runtime.arithmetic();
    arithmetic
        .lanes()
        .both(
            () -> {
              if (retain && firstTrace == null) {
                firstTrace = arithmetic.first().newTrace(firstShape);
              }
              arithmetic
                  .first()
                  .forward(firstShape, firstWeights, source, firstHalf, retain ? firstTrace : null);
            },
            () -> {
              if (retain && secondTrace == null) {
                secondTrace = arithmetic.second().newTrace(secondShape);
              }
              arithmetic
                  .second()
                  .forward(
                      secondShape, secondWeights, source, secondHalf, retain ? secondTrace : null);
            });
    return TimeMajor.asRecurrent(output);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    if (firstTrace == null) {
      throw new IllegalStateException("no training-mode forward pass precedes this backward pass");
    }
    INDArray source = TimeMajor.of(input);
    INDArray outputGradient = TimeMajor.of(epsilon);
    // The gradient that comes in lies in the buffer of the other parity.
    INDArray inputGradient =
        runtime.scratch().get(gradientName(layerConf().depth() % 2), source.shape());
    INDArray secondGradient = runtime.scratch().get(gradientName(2), source.shape());
    GruWeights firstWeights = weights(params, GruPair.FIRST);
    GruWeights secondWeights = weights(params, GruPair.SECOND);
    GruWeights firstGradients = weights(gradientViews, GruPair.FIRST);
    GruWeights secondGradients = weights(gradientViews, GruPair.SECOND);
    INDArray[] outputHalves = {half(output, 0), half(output, 1)};
    INDArray[] gradientHalves = {half(outputGradient, 0), half(outputGradient, 1)};
    GraphArithmetic arithmetic = runtime.arithmetic();
    arithmetic
        .lanes()
        .both(
            () ->
                arithmetic
                    .first()
                    .backward(
                        firstShape,
                        firstWeights,
                        source,
                        outputHalves[0],
                        gradientHalves[0],
                        firstTrace,
                        inputGradient,
                        firstGradients),
            () ->
                arithmetic
                    .second()
                    .backward(
                        secondShape,
                        secondWeights,
                        source,
                        outputHalves[1],
                        gradientHalves[1],
                        secondTrace,
                        secondGradient,
                        secondGradients));
    arithmetic.memory().add(inputGradient, secondGradient);
    Gradient gradients = new DefaultGradient();
    gradientViews.forEach(gradients::setGradientFor);
    return new Pair<>(gradients, TimeMajor.asRecurrent(inputGradient));
  }

  private void reshape(INDArray source) {
    int hidden = layerConf().hidden();
    int frames = Math.toIntExact(source.size(0));
    int sequences = Math.toIntExact(source.size(1));
    int features = Math.toIntExact(source.size(2));
    if (features != layerConf().getNIn()) {
      throw new IllegalArgumentException(
          "layer '%s' takes %d features per frame, found %d"
              .formatted(layerConf().getLayerName(), layerConf().getNIn(), features));
    }
    GruShape shape = new GruShape(frames, sequences, features, hidden, 2 * hidden, false);
    if (!shape.equals(firstShape)) {
      release();
      firstShape = shape;
      secondShape =
          new GruShape(
              frames,
              sequences,
              features,
              hidden,
              2 * hidden,
              layerConf().recurrence() == Recurrence.BIDIRECTIONAL);
    }
  }

  /** Layers of one input width share buffers. */
  private String gradientName(int slot) {
    return "gru.gradient." + slot + "." + layerConf().getNIn();
  }

  private INDArray half(INDArray both, int index) {
    long hidden = layerConf().hidden();
    return both.get(all(), all(), interval(index * hidden, (index + 1) * hidden));
  }

  private static GruWeights weights(Map<String, INDArray> table, String gru) {
    return new GruWeights(
        table.get(gru + GruPair.INPUT_WEIGHT),
        table.get(gru + GruPair.HIDDEN_WEIGHT),
        table.get(gru + GruPair.INPUT_BIAS),
        table.get(gru + GruPair.HIDDEN_BIAS));
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public Type type() {
    return Type.RECURRENT;
  }

  @Override
  public void release() {
    if (firstTrace != null) {
      firstTrace.close();
      firstTrace = null;
    }
    if (secondTrace != null) {
      secondTrace.close();
      secondTrace = null;
    }
  }
}
