package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of dense row-major matrices of floats. */
interface MatrixProducts {
  /** {@code result = left · right}; (m × k) · (k × n). */
  void multiply(INDArray left, INDArray right, INDArray result);

  /** {@code result = leftᵀ · right}; (k × m)ᵀ · (k × n). */
  void multiplyTransposedLeft(INDArray left, INDArray right, INDArray result);

  /** {@code result = left · rightᵀ}; (m × k) · (n × k)ᵀ. */
  void multiplyTransposedRight(INDArray left, INDArray right, INDArray result);
}
