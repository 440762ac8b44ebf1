package dev.armature.encoder;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Takes the last frame, which in time-major memory is one block; its gradient is zero elsewhere.
 */
final class LastFrameLayer extends AbstractLayer<LastFrame> implements EngineLayer {
  private Buffers scratch = new FreshBuffers();
  private ArrayMemory memory = new MainMemory(new CallingThread());

  LastFrameLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public void attach(LayerRuntime lent) {
    scratch = lent.scratch();
    memory = lent.arithmetic().memory();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray frames = TimeMajor.of(input);
    return frames.slice(frames.size(0) - 1);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray frames = TimeMajor.of(input);
    // A buffer that only this layer writes to, and only at the last frame.
    INDArray gradient = scratch.zeros("last", frames.shape());
    memory.writeLast(gradient, epsilon);
    return new Pair<>(new DefaultGradient(), TimeMajor.asRecurrent(gradient));
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
