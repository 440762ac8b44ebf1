package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Matrix products by ND4J. */
final class PlainProducts implements MatrixProducts {
  @Override
  public void multiply(INDArray left, INDArray right, INDArray result) {
    product(left, right, result);
  }

  @Override
  public void multiplyTransposedLeft(INDArray left, INDArray right, INDArray result) {
    product(left.transpose(), right, result);
  }

  @Override
  public void multiplyTransposedRight(INDArray left, INDArray right, INDArray result) {
    product(left, right.transpose(), result);
  }

  private static void product(INDArray left, INDArray right, INDArray result) {
    // ND4J computes products column by column; given an array of rows it would make one of columns
    // by itself and leave it to the collector, which does not know of a GPU's memory.
    try (INDArray columns = Nd4j.createUninitialized(result.dataType(), result.shape(), 'f')) {
      left.mmuli(right, columns);
      result.assign(columns);
    }
  }
}
