package dev.armature.encoder;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = relu(x·W₀ + b₀)·W₁ + b₁} over the rows of a batch. */
final class ProjectionHeadLayer extends BaseLayer<ProjectionHead> implements EngineLayer {
  private LayerRuntime runtime;
  private INDArray rectified;

  ProjectionHeadLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public void attach(LayerRuntime lent) {
    runtime = lent;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (runtime == null) {
      runtime = LayerRuntime.standalone();
    }
    ProjectionHead configuration = layerConf();
    MatrixProducts products = runtime.arithmetic().products();
    long rows = input.size(0);
    rectified = runtime.activations().get(name("rectified"), rows, configuration.getNIn());
    products.multiply(input, getParam(ProjectionHead.FIRST_WEIGHT), rectified);
    addBias(rectified, getParam(ProjectionHead.FIRST_BIAS), true);
    INDArray output = runtime.activations().get(name("projected"), rows, configuration.getNOut());
    products.multiply(rectified, getParam(ProjectionHead.SECOND_WEIGHT), output);
    addBias(output, getParam(ProjectionHead.SECOND_BIAS), false);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    MatrixProducts products = runtime.arithmetic().products();
    products.multiplyTransposedLeft(
        rectified, epsilon, gradientViews.get(ProjectionHead.SECOND_WEIGHT));
    sumRows(epsilon, gradientViews.get(ProjectionHead.SECOND_BIAS));
    INDArray hidden = runtime.scratch().get(name("hidden"), rectified.shape());
    products.multiplyTransposedRight(epsilon, getParam(ProjectionHead.SECOND_WEIGHT), hidden);
    maskUnlessPositive(hidden, rectified);
    products.multiplyTransposedLeft(input, hidden, gradientViews.get(ProjectionHead.FIRST_WEIGHT));
    sumRows(hidden, gradientViews.get(ProjectionHead.FIRST_BIAS));
    INDArray inputGradient = runtime.scratch().get(name("input"), input.shape());
    products.multiplyTransposedRight(hidden, getParam(ProjectionHead.FIRST_WEIGHT), inputGradient);
    Gradient gradients = new DefaultGradient();
    gradientViews.forEach(gradients::setGradientFor);
    return new Pair<>(gradients, inputGradient);
  }

  private String name(String what) {
    return layerConf().getLayerName() + "." + what;
  }

  private void addBias(INDArray rows, INDArray bias, boolean rectify) {
    float[] values = memory().read(rows);
    float[] added = memory().read(bias);
    for (int start = 0; start < values.length; start += added.length) {
      for (int i = 0; i < added.length; i++) {
        float sum = values[start + i] + added[i];
        values[start + i] = rectify ? Math.max(0, sum) : sum;
      }
    }
    memory().write(values, rows);
  }

  private void sumRows(INDArray rows, INDArray sum) {
    float[] values = memory().read(rows);
    float[] total = new float[Math.toIntExact(sum.length())];
    for (int start = 0; start < values.length; start += total.length) {
      for (int i = 0; i < total.length; i++) {
        total[i] += values[start + i];
      }
    }
    memory().write(total, sum);
  }

  private void maskUnlessPositive(INDArray gradient, INDArray values) {
    float[] target = memory().read(gradient);
    float[] gate = memory().read(values);
    for (int i = 0; i < target.length; i++) {
      target[i] = gate[i] > 0 ? target[i] : 0;
    }
    memory().write(target, gradient);
  }

  private ArrayMemory memory() {
    return runtime.arithmetic().memory();
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void release() {
    rectified = null;
  }
}
