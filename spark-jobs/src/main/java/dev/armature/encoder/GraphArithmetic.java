package dev.armature.encoder;

/**
 * What the layers of encoder graphs compute with; an engine shares it among its graphs. Used by one
 * thread at a time, as are its parts.
 *
 * @param lanes run the two GRUs of a layer
 * @param first arithmetic of the first GRU
 * @param second arithmetic of the second GRU; may be the first's
 * @param products arithmetic of the dense layers
 * @param memory everything else
 */
record GraphArithmetic(
    Lanes lanes, GruBackend first, GruBackend second, MatrixProducts products, ArrayMemory memory)
    implements AutoCloseable {

  /**
   * On the processor.
   *
   * @param threads native threads to use, at least 1
   * @throws EngineUnavailableException if this build's arrays are not in main memory
   */
  static GraphArithmetic onProcessor(EncoderBackend backend, int threads) {
    Nd4jCudaSupport.requireMainMemory(backend);
    return backend == EncoderBackend.ONEDNN ? oneDnn(threads) : plain(threads);
  }

  private static GraphArithmetic oneDnn(int threads) {
    Lanes lanes = new LaneThreads(threads, true);
    return new GraphArithmetic(
        lanes,
        new OneDnnGruBackend(),
        new OneDnnGruBackend(),
        new OneDnnProducts(lanes),
        new MainMemory(lanes));
  }

  private static GraphArithmetic plain(int threads) {
    return onArrays(new LaneThreads(threads, false), new PlainGruBackend(), new PlainGruBackend());
  }

  /** Wherever ND4J has its arrays. */
  static GraphArithmetic onArrays(Lanes lanes, GruBackend first, GruBackend second) {
    return new GraphArithmetic(lanes, first, second, new PlainProducts(), new Nd4jMemory());
  }

  @Override
  public void close() {
    first.close();
    second.close();
    lanes.close();
  }
}
