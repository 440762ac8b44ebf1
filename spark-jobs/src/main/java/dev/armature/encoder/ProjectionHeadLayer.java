package dev.armature.encoder;

import org.bytedeco.javacpp.FloatPointer;
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
  private transient LayerRuntime runtime;
  private transient INDArray rectified;

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
    long rows = input.size(0);
    rectified = runtime.activations().get(name("rectified"), rows, configuration.getNIn());
    input.mmuli(getParam(ProjectionHead.FIRST_WEIGHT), rectified);
    rectified.addiRowVector(getParam(ProjectionHead.FIRST_BIAS));
    rectify(rectified);
    INDArray output = runtime.activations().get(name("projected"), rows, configuration.getNOut());
    rectified.mmuli(getParam(ProjectionHead.SECOND_WEIGHT), output);
    return output.addiRowVector(getParam(ProjectionHead.SECOND_BIAS));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    rectified.transpose().mmuli(epsilon, gradientViews.get(ProjectionHead.SECOND_WEIGHT));
    epsilon.sum(gradientViews.get(ProjectionHead.SECOND_BIAS), 0);
    INDArray hidden = runtime.scratch().get(name("hidden"), rectified.shape());
    epsilon.mmuli(getParam(ProjectionHead.SECOND_WEIGHT).transpose(), hidden);
    maskUnlessPositive(hidden, rectified);
    input.transpose().mmuli(hidden, gradientViews.get(ProjectionHead.FIRST_WEIGHT));
    hidden.sum(gradientViews.get(ProjectionHead.FIRST_BIAS), 0);
    INDArray inputGradient = runtime.scratch().get(name("input"), input.shape());
    hidden.mmuli(getParam(ProjectionHead.FIRST_WEIGHT).transpose(), inputGradient);
    Gradient gradients = new DefaultGradient();
    gradientViews.forEach(gradients::setGradientFor);
    return new Pair<>(gradients, inputGradient);
  }

  private String name(String what) {
    return layerConf().getLayerName() + "." + what;
  }

  private static void rectify(INDArray values) {
    FloatPointer pointer = NativeFloats.pointer(values);
    for (long i = 0; i < values.length(); i++) {
      pointer.put(i, Math.max(0, pointer.get(i)));
    }
  }

  private static void maskUnlessPositive(INDArray gradient, INDArray values) {
    FloatPointer target = NativeFloats.pointer(gradient);
    FloatPointer gate = NativeFloats.pointer(values);
    for (long i = 0; i < values.length(); i++) {
      if (gate.get(i) <= 0) {
        target.put(i, 0);
      }
    }
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
