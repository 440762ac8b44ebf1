package dev.armature.evaluate;

import org.bytedeco.dnnl.global.dnnl;

/**
 * Products of a block of queries with blocks of gallery rows, of numbers that may be rounded to
 * bfloat16. Used by one thread at a time; holds native memory until it is closed.
 */
interface ScreenProducts extends AutoCloseable {

  /**
   * The fastest there is on this processor. Its products of bfloat16 numbers are about twice as
   * fast as those of floats; without them, those of floats are what is left.
   *
   * @param queries most rows of a block of queries
   * @param candidates rows of a block of the gallery
   * @param threads native threads of one product
   */
  static ScreenProducts open(int queries, int candidates, int columns, int threads) {
    return hasBfloatProducts()
        ? new BfloatProducts(queries, candidates, columns, threads)
        : new FloatProducts(queries, candidates, columns, threads);
  }

  /** Opens products as {@link #open} does. */
  interface Opener {
    /** As {@link ScreenProducts#open}. */
    ScreenProducts open(int queries, int candidates, int columns, int threads);
  }

  /** Whether this processor multiplies bfloat16 numbers by itself. */
  static boolean hasBfloatProducts() {
    try {
      int wanted = dnnl.dnnl_cpu_isa_avx512_core_bf16;
      // A set of instructions has those bits that the smaller sets in it have.
      return (dnnl.dnnl_get_effective_cpu_isa() & wanted) == wanted;
    } catch (LinkageError noOneDnn) {
      return false;
    }
  }

  /**
   * Takes a block of queries.
   *
   * @param centred rows × columns
   */
  void queries(float[] centred, int rows);

  /**
   * Multiplies the queries by a block of the gallery.
   *
   * @param centred rows × columns
   * @param products receives queries × candidates, of which the first rows in each row are meant
   */
  void multiply(float[] centred, int rows, float[] products);

  @Override
  void close();
}
