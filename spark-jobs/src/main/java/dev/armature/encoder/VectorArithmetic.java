package dev.armature.encoder;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sscal;

import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What an engine does with whole parameter vectors, by BLAS.
 *
 * <p>Vectors are gone through in blocks that stay in the second-level cache, so that an update
 * reads and writes main memory once however many BLAS calls it takes; and a block is too short for
 * OpenBLAS to split it among threads of its own.
 */
final class VectorArithmetic {
  /**
   * 32 KiB a vector: four of them fit into half a megabyte of cache. OpenBLAS splits from 10,000.
   */
  private static final int BLOCK = 8192;

  private VectorArithmetic() {}

  /** Work on one block. */
  private interface BlockWork {
    void run(long offset, int length);
  }

  /** {@code sum += part}. */
  static void add(Lanes lanes, FloatPointer sum, FloatPointer part, long length) {
    run(
        lanes,
        0,
        length,
        () -> {
          FloatPointer to = new FloatPointer(sum);
          FloatPointer from = new FloatPointer(part);
          return (offset, size) ->
              cblas_saxpy(size, 1, from.position(offset), 1, to.position(offset), 1);
        });
  }

  /**
   * {@code velocity = momentum·velocity + gradient + weightDecay·parameters; parameters −=
   * learningRate·velocity}, for the numbers from {@code start} to {@code end}.
   */
  static void descend(
      Lanes lanes,
      FloatPointer parameters,
      FloatPointer velocity,
      FloatPointer gradient,
      long start,
      long end,
      float learningRate,
      float momentum,
      float weightDecay) {
    run(
        lanes,
        start,
        end,
        () -> {
          FloatPointer p = new FloatPointer(parameters);
          FloatPointer v = new FloatPointer(velocity);
          FloatPointer g = new FloatPointer(gradient);
          return (offset, size) -> {
            p.position(offset);
            v.position(offset);
            cblas_sscal(size, momentum, v, 1);
            cblas_saxpy(size, 1, g.position(offset), 1, v, 1);
            cblas_saxpy(size, weightDecay, p, 1, v, 1);
            cblas_saxpy(size, -learningRate, v, 1, p, 1);
          };
        });
  }

  /** {@code key = keyMomentum·key + (1 − keyMomentum)·query}, from {@code start} to {@code end}. */
  static void average(
      Lanes lanes, FloatPointer key, FloatPointer query, long start, long end, double keyMomentum) {
    float kept = (float) keyMomentum;
    float taken = (float) (1 - keyMomentum);
    run(
        lanes,
        start,
        end,
        () -> {
          FloatPointer k = new FloatPointer(key);
          FloatPointer q = new FloatPointer(query);
          return (offset, size) -> {
            cblas_sscal(size, kept, k.position(offset), 1);
            cblas_saxpy(size, taken, q.position(offset), 1, k, 1);
          };
        });
  }

  /** Each lane makes its own work, since a pointer's position belongs to one thread. */
  private static void run(Lanes lanes, long start, long end, Supplier<BlockWork> work) {
    long middle = (start + end) / 2;
    lanes.both(() -> blocks(start, middle, work.get()), () -> blocks(middle, end, work.get()));
  }

  private static void blocks(long start, long end, BlockWork work) {
    for (long offset = start; offset < end; offset += BLOCK) {
      work.run(offset, (int) Math.min(BLOCK, end - offset));
    }
  }
}
