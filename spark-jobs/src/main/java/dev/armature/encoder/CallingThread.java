package dev.armature.encoder;

/**
 * Runs one half after the other on the calling thread: ND4J's arrays on a GPU belong to the GPU
 * that a thread was given, and a new thread might be given another.
 */
final class CallingThread implements Lanes {
  @Override
  public void both(Runnable first, Runnable second) {
    first.run();
    second.run();
  }

  @Override
  public void close() {}
}
