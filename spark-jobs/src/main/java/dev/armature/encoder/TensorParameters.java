package dev.armature.encoder;

import dev.armature.encoder.NamedTensor.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Lays a layer's tensors one after the other, row-major, into its part of the flat vector. (DL4J's
 * own initializers are column-major.)
 */
final class TensorParameters implements ParamInitializer {
  private final Function<Layer, List<NamedTensor>> tensors;

  /**
   * @param tensors a layer configuration's tensors, in the order of the flat vector
   */
  TensorParameters(Function<Layer, List<NamedTensor>> tensors) {
    this.tensors = tensors;
  }

  /** A layer configuration's tensors; none if it has other parameters or no parameters. */
  static List<NamedTensor> tensors(Layer layer) {
    return layer.initializer() instanceof TensorParameters parameters
        ? parameters.tensors.apply(layer)
        : List.of();
  }

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return tensors.apply(layer).stream().mapToLong(NamedTensor::length).sum();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return tensors.apply(layer).stream().map(NamedTensor::name).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return keys(layer, Role.WEIGHT);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return keys(layer, Role.BIAS);
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return weightKeys(layer).contains(key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return biasKeys(layer).contains(key);
  }

  private List<String> keys(Layer layer, Role role) {
    return tensors.apply(layer).stream()
        .filter(tensor -> tensor.role() == role)
        .map(NamedTensor::name)
        .toList();
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration configuration, INDArray parameters, boolean initialize) {
    List<NamedTensor> own = tensors.apply(configuration.getLayer());
    own.forEach(tensor -> configuration.addVariable(tensor.name()));
    if (initialize) {
      SplittableRandom random = new SplittableRandom(configuration.getSeed());
      float[] values = new float[Math.toIntExact(parameters.length())];
      int offset = 0;
      for (NamedTensor tensor : own) {
        int length = Math.toIntExact(tensor.length());
        tensor.initial().fill(values, offset, length, random.split());
        offset += length;
      }
      NativeFloats.write(values, values.length, parameters);
    }
    return views(own, parameters);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray gradients) {
    return views(tensors.apply(configuration.getLayer()), gradients);
  }

  private static Map<String, INDArray> views(List<NamedTensor> tensors, INDArray flat) {
    INDArray vector = flat.reshape(flat.length());
    Map<String, INDArray> views = new LinkedHashMap<>();
    long offset = 0;
    for (NamedTensor tensor : tensors) {
      INDArray part = vector.get(NDArrayIndex.interval(offset, offset + tensor.length()));
      views.put(tensor.name(), part.reshape('c', tensor.shape()));
      offset += tensor.length();
    }
    return views;
  }
}
