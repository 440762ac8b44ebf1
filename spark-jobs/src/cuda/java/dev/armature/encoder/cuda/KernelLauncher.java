package dev.armature.encoder.cuda;

/** Runs a kernel of {@code kernels.cu} or {@code losses.cu}. */
interface KernelLauncher {

  /**
   * Threads of a launch: blocks by threads of a block, each in two dimensions.
   *
   * @param blocksX blocks next to each other, at least 1
   * @param blocksY blocks below each other, at least 1
   * @param threadsX threads of a block next to each other
   * @param threadsY threads of a block below each other
   */
  record Grid(int blocksX, int blocksY, int threadsX, int threadsY) {}

  /**
   * Launches a kernel and goes on.
   *
   * @param name of an {@code extern "C"} function
   * @param arguments in its order: {@link DeviceFloats} for pointers, Integer, Long, Float
   */
  void launch(String name, Grid grid, Object... arguments);
}
