package dev.armature.evaluate;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * A row-major matrix of floats in native memory, and the products that classification needs, by
 * OpenBLAS. Of a matrix's rows only the first few may be in use. Not thread-safe; holds native
 * memory until it is closed.
 */
final class FloatMatrix implements AutoCloseable {
  private final FloatPointer memory;
  private final int rows;
  private final int columns;

  /** A matrix of zeros. */
  FloatMatrix(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    memory = new FloatPointer((long) rows * columns);
    memory.zero();
  }

  /** How many threads one product may use, in this whole process. */
  static void useThreads(int threads) {
    openblas_nolapack.blas_set_num_threads(threads);
  }

  /** Copies rows of an array in, starting at this matrix's row 0. */
  void load(float[] source, int firstRow, int count) {
    check(count);
    memory.position(0).put(source, firstRow * columns, count * columns);
  }

  /** Copies one row of an array into one row of this matrix. */
  void loadRow(int row, float[] source, int sourceRow) {
    memory.position((long) row * columns).put(source, sourceRow * columns, columns);
    memory.position(0);
  }

  /** Copies the first rows out. */
  void store(float[] destination, int count) {
    check(count);
    memory.position(0).get(destination, 0, count * columns);
  }

  /** This = left · rightᵀ, of the left matrix's first rows and the right one's first rows. */
  void product(FloatMatrix left, int leftRows, FloatMatrix right, int rightRows) {
    left.check(leftRows);
    right.check(rightRows);
    check(leftRows);
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        leftRows,
        rightRows,
        left.columns,
        1f,
        left.memory,
        left.columns,
        right.memory,
        right.columns,
        0f,
        memory,
        columns);
  }

  /** This = keep · this + leftᵀ · right, of the first rows of both. */
  void accumulate(float keep, FloatMatrix left, FloatMatrix right, int count) {
    left.check(count);
    right.check(count);
    cblas_sgemm(
        CblasRowMajor,
        CblasTrans,
        CblasNoTrans,
        rows,
        columns,
        count,
        1f,
        left.memory,
        left.columns,
        right.memory,
        right.columns,
        keep,
        memory,
        columns);
  }

  /** This += scale · other, a matrix of the same size. */
  void add(float scale, FloatMatrix other) {
    cblas_saxpy(Math.multiplyExact(rows, columns), scale, other.memory, 1, memory, 1);
  }

  private void check(int count) {
    if (count < 0 || count > rows) {
      throw new IndexOutOfBoundsException(
          "%d rows asked of a matrix that has %d".formatted(count, rows));
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
