package dev.armature.encoder;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = x / max(‖x‖, ε)} row by row; {@code dx = (dy − y·⟨y, dy⟩) / ‖x‖}. */
final class UnitLengthLayer extends AbstractLayer<UnitLength> implements EngineLayer {
  /** PyTorch's default. Below it a row is scaled by a constant, and so is its gradient. */
  private static final double EPSILON = 1e-12;

  private Buffers activations = new FreshBuffers();
  private Buffers scratch = new FreshBuffers();
  private ArrayMemory memory = new MainMemory(new CallingThread());
  private float[] unit;
  private double[] lengths;

  UnitLengthLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public void attach(LayerRuntime lent) {
    activations = lent.activations();
    scratch = lent.scratch();
    memory = lent.arithmetic().memory();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    int rows = Math.toIntExact(input.size(0));
    int width = Math.toIntExact(input.size(1));
    unit = memory.read(input);
    lengths = new double[rows];
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        squares += (double) unit[i] * unit[i];
      }
      lengths[row] = Math.sqrt(squares);
      double divisor = Math.max(lengths[row], EPSILON);
      for (int i = row * width; i < (row + 1) * width; i++) {
        unit[i] = (float) (unit[i] / divisor);
      }
    }
    INDArray output = activations.get(layerConf().getLayerName(), input.shape());
    memory.write(unit, output);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    int width = Math.toIntExact(epsilon.size(1));
    float[] gradient = memory.read(epsilon);
    for (int row = 0; row < lengths.length; row++) {
      double along = 0;
      if (lengths[row] > EPSILON) {
        for (int i = row * width; i < (row + 1) * width; i++) {
          along += (double) unit[i] * gradient[i];
        }
      }
      double divisor = Math.max(lengths[row], EPSILON);
      for (int i = row * width; i < (row + 1) * width; i++) {
        gradient[i] = (float) ((gradient[i] - unit[i] * along) / divisor);
      }
    }
    INDArray inputGradient = scratch.get(layerConf().getLayerName(), epsilon.shape());
    memory.write(gradient, inputGradient);
    return new Pair<>(new DefaultGradient(), inputGradient);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {}

  @Override
  public void release() {}
}
