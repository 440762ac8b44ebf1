package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products by ND4J. */
final class PlainProducts implements MatrixProducts {
  @Override
  public void multiply(INDArray left, INDArray right, INDArray result) {
    left.mmuli(right, result);
  }

  @Override
  public void multiplyTransposedLeft(INDArray left, INDArray right, INDArray result) {
    left.transpose().mmuli(right, result);
  }

  @Override
  public void multiplyTransposedRight(INDArray left, INDArray right, INDArray result) {
    left.mmuli(right.transpose(), result);
  }
}
