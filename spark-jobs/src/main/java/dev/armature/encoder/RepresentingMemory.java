package dev.armature.encoder;

/**
 * What an engine of one encoder that only represents takes of main memory, wherever it computes.
 * Reckoned as if it trained, which takes more; without the driver of a GPU.
 *
 * @param heap bytes of the JVM's heap
 * @param outside bytes outside of it
 */
public record RepresentingMemory(long heap, long outside) {

  /**
   * By the sizes.
   *
   * @param frames of a view
   * @param sequences at once
   */
  public static RepresentingMemory of(
      EncoderBackend backend, EncoderShape shape, int frames, int sequences) {
    if (backend.onGpu()) {
      return new RepresentingMemory(0, DeviceStreamMemory.STAGING);
    }
    EngineMemory engine = new EngineMemory(shape, 1, frames, sequences, sequences);
    return new RepresentingMemory(
        engine.heap(), engine.parameters() + engine.activations() + engine.scratch());
  }
}
