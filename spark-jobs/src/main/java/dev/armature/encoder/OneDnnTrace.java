package dev.armature.encoder;

import org.bytedeco.javacpp.FloatPointer;

/** oneDNN's workspace of one forward pass. */
final class OneDnnTrace implements GruTrace {
  private final NativeBlock block = new NativeBlock();
  private final long bytes;

  OneDnnTrace(long bytes) {
    this.bytes = bytes;
  }

  FloatPointer memory() {
    return block.atLeast(bytes);
  }

  @Override
  public void close() {
    block.close();
  }
}
