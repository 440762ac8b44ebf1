package dev.armature.encoder.cuda;

/**
 * Work of a device that is done in the order in which it is given, while the caller goes on. What
 * different streams do may overlap, unless one is told to wait for another. Matrices are dense and
 * row-major.
 */
public interface DeviceStream extends AutoCloseable {

  /** Copies numbers to the device; the array may be changed at once. */
  void upload(float[] source, int start, DeviceFloats target);

  /** Copies numbers from the device and waits for them. */
  void download(DeviceFloats source, float[] target, int start);

  /** Copies numbers on the device. */
  void copy(DeviceFloats source, DeviceFloats target);

  /** Overwrites with zeros. */
  void zero(DeviceFloats target);

  /**
   * A product of matrices: {@code result = left · right}, or added to it.
   *
   * @param form which of the two is transposed in memory
   * @param rows of the result
   * @param inner length of the sums
   * @param columns of the result
   * @param add whether to add to what is in the result
   */
  void multiply(
      Product form,
      int rows,
      int inner,
      int columns,
      DeviceFloats left,
      DeviceFloats right,
      DeviceFloats result,
      boolean add);

  /** Which factor of a product is transposed in memory. */
  enum Product {
    /** (rows × inner) · (inner × columns). */
    PLAIN,
    /** (inner × rows)ᵀ · (inner × columns). */
    LEFT_TRANSPOSED,
    /** (rows × inner) · (columns × inner)ᵀ. */
    RIGHT_TRANSPOSED
  }

  /** What encoders compute beside, on this stream. */
  Kernels kernels();

  /** What losses compute beside, on this stream. */
  LossKernels losses();

  /** What follows here waits for what has been given to another stream up to now. */
  void after(DeviceStream other);

  /**
   * Records work instead of doing it: what is given to this stream, and to others from where they
   * wait for it. It waits for these again before it ends.
   *
   * @param work gives launches, zeros, copies on the device, products and GRUs to streams; neither
   *     takes nor frees memory, nor waits, nor copies from or to main memory
   */
  DeviceRecording record(Runnable work);

  /** Waits until all is done. */
  void synchronize();

  /** Waits, and frees what is the stream's own. Idempotent. */
  @Override
  void close();
}
