package dev.armature.encoder;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A new array each time: what a graph outside an engine gives to callers who may keep it. */
final class FreshBuffers implements Buffers {
  @Override
  public INDArray get(String name, long... shape) {
    return Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
  }

  @Override
  public INDArray zeros(String name, long... shape) {
    return Nd4j.create(DataType.FLOAT, shape, 'c');
  }
}
