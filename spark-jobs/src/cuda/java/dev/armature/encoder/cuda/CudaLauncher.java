package dev.armature.encoder.cuda;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Launches kernels on one stream. The driver copies arguments before a launch returns, so that they
 * all go through the same cells.
 */
final class CudaLauncher implements KernelLauncher, AutoCloseable {
  /** More than any kernel has arguments. */
  private static final int CELLS = 16;

  private final CudaStatus status;
  private final CudaModule module;
  private final CUstream_st stream;
  private final LongPointer cells = new LongPointer(CELLS);
  private final PointerPointer<DevicePointer> places = new PointerPointer<>(CELLS);

  CudaLauncher(CudaStatus status, CudaModule module, CUstream_st stream) {
    this.status = status;
    this.module = module;
    this.stream = stream;
    for (int i = 0; i < CELLS; i++) {
      places.put(i, new DevicePointer(cells.address() + (long) i * Long.BYTES));
    }
  }

  @Override
  public void launch(String name, Grid grid, Object... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      cells.put(i, KernelArgument.bits(arguments[i]));
    }
    status.driver(
        cudart.cuLaunchKernel(
            module.function(name),
            grid.blocksX(),
            grid.blocksY(),
            1,
            grid.threadsX(),
            grid.threadsY(),
            1,
            0,
            stream,
            places,
            (PointerPointer<?>) null),
        "cuLaunchKernel of " + name);
  }

  @Override
  public void close() {
    cells.close();
    places.close();
  }
}
