package dev.armature.encoder;

import dev.armature.encoder.NamedTensor.Role;
import java.util.ArrayList;
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
 * Configuration of a layer of two GRUs side by side, whose outputs are concatenated. Takes and
 * gives sequences × features × frames.
 */
public final class GruPair extends FeedForwardLayer {
  static final String FIRST = "forward";
  static final String SECOND = "second";
  // Without underscores, which in DL4J part the layer's name from the parameter's.
  static final String INPUT_WEIGHT = ".weight-input";
  static final String HIDDEN_WEIGHT = ".weight-hidden";
  static final String INPUT_BIAS = ".bias-input";
  static final String HIDDEN_BIAS = ".bias-hidden";

  private static final ParamInitializer INITIALIZER =
      new TensorParameters(layer -> ((GruPair) layer).tensors());

  private Recurrence recurrence;

  /** Position among the recurrent layers: its neighbours write to other buffers. */
  private int depth;

  /** For deserialization. */
  public GruPair() {}

  GruPair(long input, long hidden, Recurrence recurrence, int depth) {
    nIn = input;
    nOut = 2 * hidden;
    this.recurrence = recurrence;
    this.depth = depth;
  }

  int hidden() {
    return Math.toIntExact(nOut / 2);
  }

  Recurrence recurrence() {
    return recurrence;
  }

  int depth() {
    return depth;
  }

  private List<NamedTensor> tensors() {
    long hidden = hidden();
    long gates = 3 * hidden;
    List<NamedTensor> tensors = new ArrayList<>();
    for (String gru : List.of(FIRST, SECOND)) {
      tensors.add(
          new NamedTensor(
              gru + INPUT_WEIGHT, Role.WEIGHT, InitialValues.xavier(nIn, gates), nIn, gates));
      tensors.add(
          new NamedTensor(
              gru + HIDDEN_WEIGHT,
              Role.WEIGHT,
              InitialValues.xavier(hidden, gates),
              hidden,
              gates));
      tensors.add(
          new NamedTensor(gru + INPUT_BIAS, Role.BIAS, InitialValues.linear(hidden), gates));
      tensors.add(
          new NamedTensor(gru + HIDDEN_BIAS, Role.BIAS, InitialValues.linear(hidden), gates));
    }
    return tensors;
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    GruPairLayer layer = new GruPairLayer(configuration, type);
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
    return InputType.recurrent(nOut);
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return MemoryReports.of(this, input, getOutputType(-1, input));
  }
}
