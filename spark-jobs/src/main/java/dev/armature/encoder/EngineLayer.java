package dev.armature.encoder;

/** A layer that computes on what an engine lends it. */
interface EngineLayer {
  /** Hands over what to run on; what was kept from before is freed. */
  void attach(LayerRuntime runtime);

  /** Frees native memory that is the layer's own. Idempotent. */
  void release();
}
