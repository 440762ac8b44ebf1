package dev.armature.encoder;

import dev.armature.encoder.NamedTensor.Role;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Configuration of a projection head: a dense layer of the representation's width, ReLU, a dense
 * layer to the embedding. One DL4J layer, so that the heads' parameters follow one another in the
 * flat vector.
 */
public final class ProjectionHead extends FeedForwardLayer {
  static final String FIRST_WEIGHT = "0.weight";
  static final String FIRST_BIAS = "0.bias";
  static final String SECOND_WEIGHT = "1.weight";
  static final String SECOND_BIAS = "1.bias";

  private static final ParamInitializer INITIALIZER =
      new TensorParameters(layer -> ((ProjectionHead) layer).tensors());

  /** For deserialization. */
  public ProjectionHead() {}

  ProjectionHead(long representation, long embedding) {
    nIn = representation;
    nOut = embedding;
  }

  private List<NamedTensor> tensors() {
    return List.of(
        new NamedTensor(FIRST_WEIGHT, Role.WEIGHT, InitialValues.linear(nIn), nIn, nIn),
        new NamedTensor(FIRST_BIAS, Role.BIAS, InitialValues.linear(nIn), nIn),
        new NamedTensor(SECOND_WEIGHT, Role.WEIGHT, InitialValues.xavier(nIn, nOut), nIn, nOut),
        new NamedTensor(SECOND_BIAS, Role.BIAS, InitialValues.linear(nIn), nOut));
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    ProjectionHeadLayer layer = new ProjectionHeadLayer(configuration, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(INITIALIZER.init(configuration, parameters, initialize));
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return INITIALIZER;
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return InputType.feedForward(nOut);
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return MemoryReports.of(this, input, getOutputType(-1, input));
  }
}
