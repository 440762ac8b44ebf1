package dev.armature.encoder;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Buffers that are kept from step to step and freed together. A buffer is made anew when its shape
 * changes. Used by one thread at a time.
 */
public final class BufferPool implements Buffers, AutoCloseable {
  private final Map<String, INDArray> arrays = new HashMap<>();

  @Override
  public INDArray get(String name, long... shape) {
    return reusable(name, shape)
        ? arrays.get(name)
        : put(name, Nd4j.createUninitialized(DataType.FLOAT, shape, 'c'));
  }

  @Override
  public INDArray zeros(String name, long... shape) {
    return reusable(name, shape)
        ? arrays.get(name)
        : put(name, Nd4j.create(DataType.FLOAT, shape, 'c'));
  }

  private boolean reusable(String name, long[] shape) {
    INDArray kept = arrays.get(name);
    if (kept != null && Arrays.equals(kept.shape(), shape)) {
      return true;
    }
    if (kept != null) {
      kept.close();
    }
    return false;
  }

  private INDArray put(String name, INDArray array) {
    arrays.put(name, array);
    return array;
  }

  @Override
  public void close() {
    arrays.values().forEach(INDArray::close);
    arrays.clear();
  }
}
