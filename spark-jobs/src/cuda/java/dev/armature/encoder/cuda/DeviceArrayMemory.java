package dev.armature.encoder.cuda;

import dev.armature.encoder.ArrayMemory;
import dev.armature.encoder.Nd4jMemory;
import dev.armature.encoder.cuda.DeviceArrays.Loan;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * ND4J's arrays on a device, whole ones written and read by way of a stream's own staging memory;
 * the rest by ND4J's operations.
 */
final class DeviceArrayMemory implements ArrayMemory {
  private final DeviceArrays arrays;
  private final DeviceStream stream;
  private final ArrayMemory operations = new Nd4jMemory();

  /**
   * @param stream somebody else's, for as long as this is used
   */
  DeviceArrayMemory(DeviceArrays arrays, DeviceStream stream) {
    this.arrays = arrays;
    this.stream = stream;
  }

  @Override
  public void write(float[] source, int start, int length, INDArray array) {
    if (length != array.length() || !DeviceArrays.lendable(array)) {
      operations.write(source, start, length, array);
      return;
    }
    try (Loan lent = arrays.lend(array)) {
      stream.upload(source, start, lent.at(0));
      stream.synchronize();
    }
  }

  @Override
  public void read(INDArray array, float[] destination, int start, int length) {
    if (length != array.length() || !DeviceArrays.lendable(array)) {
      operations.read(array, destination, start, length);
      return;
    }
    try (Loan lent = arrays.lend(array)) {
      stream.download(lent.at(0), destination, start);
    }
  }

  @Override
  public void add(INDArray sum, INDArray part) {
    operations.add(sum, part);
  }

  @Override
  public void writeLast(INDArray frames, INDArray last) {
    operations.writeLast(frames, last);
  }

  @Override
  public void descend(
      INDArray parameters,
      INDArray velocity,
      INDArray gradient,
      long start,
      long end,
      float learningRate,
      float momentum,
      float weightDecay) {
    operations.descend(
        parameters, velocity, gradient, start, end, learningRate, momentum, weightDecay);
  }

  @Override
  public void average(INDArray key, INDArray query, long start, long end, double keyMomentum) {
    operations.average(key, query, start, end, keyMomentum);
  }
}
