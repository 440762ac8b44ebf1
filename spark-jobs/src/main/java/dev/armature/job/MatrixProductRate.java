package dev.armature.job;

import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The yardstick of {@code bench step}: OpenBLAS's product of a 4096×1024 and a 1024×3072 matrix of
 * floats, a size at which it reaches what the machine can do.
 */
final class MatrixProductRate implements AutoCloseable {
  private static final int ROWS = 4096;
  private static final int INNER = 1024;
  private static final int COLUMNS = 3072;

  private final FloatPointer left = random((long) ROWS * INNER);
  private final FloatPointer right = random((long) INNER * COLUMNS);
  private final FloatPointer product = new FloatPointer((long) ROWS * COLUMNS);

  MatrixProductRate(int threads) {
    openblas.blas_set_num_threads(threads);
  }

  private static FloatPointer random(long length) {
    SplittableRandom random = new SplittableRandom(length);
    FloatPointer values = new FloatPointer(length);
    for (long i = 0; i < length; i++) {
      values.put(i, (float) random.nextDouble() - 0.5f);
    }
    return values;
  }

  /** One product's rate in 10⁹ operations a second. */
  double measure() {
    long began = System.nanoTime();
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasNoTrans,
        ROWS,
        COLUMNS,
        INNER,
        1,
        left,
        INNER,
        right,
        COLUMNS,
        0,
        product,
        COLUMNS);
    return 2e-9 * ROWS * INNER * COLUMNS / ((System.nanoTime() - began) * 1e-9);
  }

  @Override
  public void close() {
    left.close();
    right.close();
    product.close();
  }
}
