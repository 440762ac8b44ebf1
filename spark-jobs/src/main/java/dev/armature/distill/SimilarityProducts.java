package dev.armature.distill;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The matrix products between a batch of embeddings and a queue, by OpenBLAS in native memory.
 *
 * <p>One matrix, sequences × queue, serves both ways: {@link #similarities} fills it with the
 * embeddings' products with all keys, rows are read and replaced by coefficients, and {@link
 * #combine} multiplies it with the keys. The queue is cut into blocks of fixed length, each one
 * product by one thread, and partial sums are added in the order of the blocks: results do not
 * depend on the number of threads. Blocks, because that is how no thread packs keys for OpenBLAS
 * that another one has packed too.
 */
final class SimilarityProducts implements AutoCloseable {
  /** Keys in a block: at batch 64 and embedding 128 a product of about half a millisecond. */
  private static final int BLOCK = 2048;

  private final int queue;
  private final int embedding;
  private final int blocks;
  private final Workers workers;
  private int rows;
  private FloatPointer embeddings = new FloatPointer();
  private FloatPointer matrix = new FloatPointer();
  private FloatPointer partials = new FloatPointer();
  private FloatBuffer matrixNumbers = FloatBuffer.allocate(0);

  SimilarityProducts(int queue, int embedding, Workers workers) {
    this.queue = queue;
    this.embedding = embedding;
    this.blocks = blocks(queue);
    this.workers = workers;
    Math.multiplyExact(queue, embedding);
  }

  /** How many blocks a queue is cut into. */
  static int blocks(int queue) {
    return (queue + BLOCK - 1) / BLOCK;
  }

  /**
   * Fills the matrix with embeddings · keysᵀ.
   *
   * @param source the embeddings, row-major
   * @param first the first embedding taken
   * @param count how many are taken
   * @param keys queue × embedding
   */
  void similarities(float[] source, int first, int count, FloatPointer keys) {
    reserve(count);
    embeddings.asBuffer().put(source, first * embedding, count * embedding);
    singleThreaded(
        block -> {
          int start = block * BLOCK;
          int length = Math.min(BLOCK, queue - start);
          openblas_nolapack.cblas_sgemm(
              openblas_nolapack.CblasRowMajor,
              openblas_nolapack.CblasNoTrans,
              openblas_nolapack.CblasTrans,
              count,
              length,
              embedding,
              1,
              embeddings,
              embedding,
              part(keys, (long) start * embedding),
              embedding,
              0,
              part(matrix, start),
              queue);
        });
  }

  /** Reads a row of the matrix. Different rows may be read and written by different threads. */
  void read(int row, float[] destination) {
    matrixNumbers.get(row * queue, destination, 0, queue);
  }

  /** Replaces a row of the matrix. */
  void write(int row, float[] source) {
    matrixNumbers.put(row * queue, source, 0, queue);
  }

  /**
   * Multiplies the matrix with the keys.
   *
   * @param count rows of the matrix
   * @param keys queue × embedding
   * @return count × embedding
   */
  float[] combine(int count, FloatPointer keys) {
    singleThreaded(
        block -> {
          int start = block * BLOCK;
          int length = Math.min(BLOCK, queue - start);
          openblas_nolapack.cblas_sgemm(
              openblas_nolapack.CblasRowMajor,
              openblas_nolapack.CblasNoTrans,
              openblas_nolapack.CblasNoTrans,
              count,
              embedding,
              length,
              1,
              part(matrix, start),
              queue,
              part(keys, (long) start * embedding),
              embedding,
              0,
              part(partials, (long) block * count * embedding),
              embedding);
        });
    float[] sum = new float[count * embedding];
    float[] partial = new float[sum.length];
    FloatBuffer numbers = partials.asBuffer();
    for (int block = 0; block < blocks; block++) {
      numbers.get(block * partial.length, partial);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += partial[i];
      }
    }
    return sum;
  }

  /** The memory from a number on. Not to be closed: that would free the whole of it. */
  private static FloatPointer part(FloatPointer whole, long start) {
    return whole.getPointer(start);
  }

  private interface BlockProduct {
    void run(int block);
  }

  /** Our threads do the products; OpenBLAS's own would change their last bits. */
  private void singleThreaded(BlockProduct product) {
    SingleThreadedBlas.enter();
    try {
      workers.forEach(blocks, (block, worker) -> product.run(block));
    } finally {
      SingleThreadedBlas.leave();
    }
  }

  private void reserve(int count) {
    if (count <= rows) {
      return;
    }
    if ((long) count * queue > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d embeddings with %d keys are more similarities than the %d that one matrix holds; use a smaller batch or queue"
              .formatted(count, queue, Integer.MAX_VALUE));
    }
    close();
    embeddings = new FloatPointer((long) count * embedding);
    matrix = new FloatPointer((long) count * queue);
    partials = new FloatPointer((long) blocks * count * embedding);
    matrixNumbers = matrix.asBuffer();
    rows = count;
  }

  @Override
  public void close() {
    rows = 0;
    matrixNumbers = FloatBuffer.allocate(0);
    embeddings.close();
    matrix.close();
    partials.close();
  }
}
