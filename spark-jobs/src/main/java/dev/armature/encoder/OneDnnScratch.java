package dev.armature.encoder;

/** Memory that the primitives of one backend take turns in using. */
final class OneDnnScratch implements AutoCloseable {
  /** The primitives' own scratchpad. */
  final NativeBlock pad = new NativeBlock();

  /** Input weights in the layout that backward passes want. */
  final NativeBlock inputWeights = new NativeBlock();

  /** Hidden weights in the layout that backward passes want. */
  final NativeBlock hiddenWeights = new NativeBlock();

  /** The four bias vectors that oneDNN sees. */
  final NativeBlock bias = new NativeBlock();

  /** Their gradients. */
  final NativeBlock biasGradient = new NativeBlock();

  @Override
  public void close() {
    pad.close();
    inputWeights.close();
    hiddenWeights.close();
    bias.close();
    biasGradient.close();
  }
}
