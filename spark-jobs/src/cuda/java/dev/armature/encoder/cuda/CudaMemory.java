package dev.armature.encoder.cuda;

import org.bytedeco.cuda.global.cudart;

/** Memory of a GPU. {@code cudaFree} waits for all work of the device. */
final class CudaMemory implements DeviceMemory {
  private final CudaStatus status;
  private long address;

  CudaMemory(CudaStatus status, long address) {
    this.status = status;
    this.address = address;
  }

  @Override
  public long address() {
    if (address == 0) {
      throw new IllegalStateException("the memory was given back");
    }
    return address;
  }

  @Override
  public void close() {
    if (address != 0) {
      long freed = address;
      address = 0;
      CaptureLock.run(
          () -> status.runtime(cudart.cudaFree(new DevicePointer(freed)), "cudaFree"));
    }
  }
}
