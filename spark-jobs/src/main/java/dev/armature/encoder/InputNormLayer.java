package dev.armature.encoder;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs {@link FeatureNorm} over sequences × features × frames. */
final class InputNormLayer extends BaseLayer<InputNorm> implements EngineLayer {
  private Buffers activations = new FreshBuffers();
  private Buffers scratch = new FreshBuffers();
  private ArrayMemory memory = new MainMemory(new CallingThread());
  private FeatureNorm norm;
  private float[] values = new float[0];

  InputNormLayer(NeuralNetConfiguration configuration, DataType type) {
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
    if (norm == null) {
      norm = new FeatureNorm(Math.toIntExact(layerConf().getNIn()));
    }
    INDArray source = TimeMajor.of(input);
    int rows = Math.toIntExact(source.size(0) * source.size(1));
    load(source);
    float[] weight = memory.read(getParam(InputNorm.WEIGHT));
    float[] bias = memory.read(getParam(InputNorm.BIAS));
    float[] mean = memory.read(getParam(InputNorm.MEAN));
    float[] variance = memory.read(getParam(InputNorm.VARIANCE));
    if (training) {
      norm.train(values, rows, weight, bias, mean, variance);
      memory.write(mean, getParam(InputNorm.MEAN));
      memory.write(variance, getParam(InputNorm.VARIANCE));
    } else {
      norm.evaluate(values, rows, weight, bias, mean, variance);
    }
    INDArray output = activations.get("norm", source.shape());
    memory.write(values, output);
    return TimeMajor.asRecurrent(output);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray source = TimeMajor.of(epsilon);
    int rows = Math.toIntExact(source.size(0) * source.size(1));
    load(source);
    float[] weight = memory.read(getParam(InputNorm.WEIGHT));
    float[] weightGradient = new float[weight.length];
    float[] biasGradient = new float[weight.length];
    norm.backward(values, rows, weight, weightGradient, biasGradient);
    memory.write(weightGradient, gradientViews.get(InputNorm.WEIGHT));
    memory.write(biasGradient, gradientViews.get(InputNorm.BIAS));
    INDArray inputGradient = scratch.get("norm", source.shape());
    memory.write(values, inputGradient);
    Gradient gradients = new DefaultGradient();
    for (String name :
        List.of(InputNorm.WEIGHT, InputNorm.BIAS, InputNorm.MEAN, InputNorm.VARIANCE)) {
      gradients.setGradientFor(name, gradientViews.get(name));
    }
    return new Pair<>(gradients, TimeMajor.asRecurrent(inputGradient));
  }

  private void load(INDArray source) {
    int length = Math.toIntExact(source.length());
    if (values.length != length) {
      values = new float[length];
    }
    memory.read(source, values, 0, length);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void release() {}
}
