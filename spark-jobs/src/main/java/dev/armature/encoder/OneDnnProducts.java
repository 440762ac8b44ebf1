package dev.armature.encoder;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Matrix products by oneDNN, each lane computing half of the result's rows.
 *
 * <p>Not by OpenBLAS: its threads belong to the process instead of to a task, and go on spinning
 * for some 20 ms after each product, which at small hidden sizes cost the GRUs two thirds of their
 * speed.
 */
final class OneDnnProducts implements MatrixProducts {
  private static final byte PLAIN = 'N';
  private static final byte TRANSPOSED = 'T';

  private final Lanes lanes;

  OneDnnProducts(Lanes lanes) {
    this.lanes = lanes;
  }

  @Override
  public void multiply(INDArray left, INDArray right, INDArray result) {
    product(PLAIN, PLAIN, left, right, result, left.size(1));
  }

  @Override
  public void multiplyTransposedLeft(INDArray left, INDArray right, INDArray result) {
    product(TRANSPOSED, PLAIN, left, right, result, left.size(0));
  }

  @Override
  public void multiplyTransposedRight(INDArray left, INDArray right, INDArray result) {
    product(PLAIN, TRANSPOSED, left, right, result, left.size(1));
  }

  private void product(
      byte leftOrder, byte rightOrder, INDArray left, INDArray right, INDArray result, long inner) {
    long rows = result.size(0);
    long middle = rows / 2;
    lanes.both(
        () -> rows(leftOrder, rightOrder, left, right, result, inner, 0, middle),
        () -> rows(leftOrder, rightOrder, left, right, result, inner, middle, rows));
  }

  private static void rows(
      byte leftOrder,
      byte rightOrder,
      INDArray left,
      INDArray right,
      INDArray result,
      long inner,
      long start,
      long end) {
    if (start == end) {
      return;
    }
    long columns = result.size(1);
    FloatPointer first = NativeFloats.pointer(left);
    first.position(leftOrder == PLAIN ? start * left.size(1) : start);
    FloatPointer target = NativeFloats.pointer(result);
    target.position(start * columns);
    int status =
        dnnl_sgemm(
            leftOrder,
            rightOrder,
            end - start,
            columns,
            inner,
            1,
            first,
            left.size(1),
            NativeFloats.pointer(right),
            right.size(1),
            0,
            target,
            columns);
    if (status != dnnl_success) {
      throw new IllegalStateException(
          "oneDNN refused a product of %d × %d × %d (status %d)"
              .formatted(end - start, inner, columns, status));
    }
  }
}
