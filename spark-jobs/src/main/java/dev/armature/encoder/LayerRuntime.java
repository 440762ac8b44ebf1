package dev.armature.encoder;

/**
 * What a layer of an encoder graph runs on.
 *
 * @param arithmetic shared among graphs
 * @param activations results that the backward pass needs, or that leave the graph
 * @param scratch results that are used up at once
 * @param retain whether a backward pass may follow
 */
record LayerRuntime(
    GraphArithmetic arithmetic, Buffers activations, Buffers scratch, boolean retain) {

  /**
   * For a layer of a graph that no engine has taken over, as when DL4J itself trains it: one
   * thread, and native memory that goes when the collector finds the graph unused.
   */
  static LayerRuntime standalone() {
    Buffers fresh = new FreshBuffers();
    OneDnnGruBackend backend = new OneDnnGruBackend();
    Lanes lanes = new LaneThreads(1, true);
    return new LayerRuntime(
        new GraphArithmetic(
            lanes, backend, backend, new OneDnnProducts(lanes), new MainMemory(lanes)),
        fresh,
        fresh,
        true);
  }
}
