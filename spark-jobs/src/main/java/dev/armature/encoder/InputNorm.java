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
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * Configuration of the layer that normalizes every input feature over batch and time, as {@code
 * torch.nn.BatchNorm1d}. DL4J's own batch normalization keeps its statistics in another order and
 * form.
 */
public final class InputNorm extends FeedForwardLayer {
  static final String WEIGHT = "weight";
  static final String BIAS = "bias";
  static final String MEAN = "running-mean";
  static final String VARIANCE = "running-var";

  private static final ParamInitializer INITIALIZER =
      new TensorParameters(layer -> ((InputNorm) layer).tensors());

  /** For deserialization. */
  public InputNorm() {}

  InputNorm(long features) {
    nIn = features;
    nOut = features;
  }

  private List<NamedTensor> tensors() {
    return List.of(
        new NamedTensor(WEIGHT, Role.WEIGHT, InitialValues.constant(1), nIn),
        new NamedTensor(BIAS, Role.BIAS, InitialValues.constant(0), nIn),
        new NamedTensor(MEAN, Role.STATISTIC, InitialValues.constant(0), nIn),
        new NamedTensor(VARIANCE, Role.STATISTIC, InitialValues.constant(1), nIn));
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    InputNormLayer layer = new InputNormLayer(configuration, type);
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

  /** Running statistics are no matter for an optimizer. */
  @Override
  public IUpdater getUpdaterByParam(String name) {
    return name.equals(MEAN) || name.equals(VARIANCE) ? new NoOp() : super.getUpdaterByParam(name);
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return input;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return MemoryReports.of(this, input, getOutputType(-1, input));
  }
}
