package dev.armature.encoder;

/**
 * What a layer of an encoder graph runs on. An engine shares it among graphs.
 *
 * @param lanes runs the two GRUs of a layer
 * @param first arithmetic of the first GRU
 * @param second arithmetic of the second GRU
 * @param products arithmetic of the dense layers
 * @param activations results that the backward pass needs, or that leave the graph
 * @param scratch results that are used up at once
 * @param retain whether a backward pass may follow
 */
record LayerRuntime(
    Lanes lanes,
    GruBackend first,
    GruBackend second,
    MatrixProducts products,
    Buffers activations,
    Buffers scratch,
    boolean retain) {

  /**
   * For a layer of a graph that no engine has taken over, as when DL4J itself trains it: one
   * thread, and native memory that goes when the collector finds the graph unused.
   */
  static LayerRuntime standalone() {
    Buffers fresh = new FreshBuffers();
    OneDnnGruBackend backend = new OneDnnGruBackend();
    Lanes lanes = new Lanes(1, true);
    return new LayerRuntime(lanes, backend, backend, new OneDnnProducts(lanes), fresh, fresh, true);
  }
}
