package dev.armature.encoder.cuda;

import dev.armature.encoder.cuda.DeviceGru.Extent;
import java.util.Arrays;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.IntPointer;

/** How long each sequence of a batch is, which cuDNN before 8.9.1 reads on the device, too. */
final class SequenceLengths implements AutoCloseable {
  private static final long NOT_READ_FROM = 8901;

  private final CudaMemory memory;

  SequenceLengths(CudaDevice device, Extent extent) {
    if (cudnn.cudnnGetVersion() >= NOT_READ_FROM) {
      memory = null;
      return;
    }
    long bytes = (long) extent.sequences() * Integer.BYTES;
    memory = device.allocateBytes(bytes, "lengths of sequences");
    try {
      CaptureLock.run(() -> copy(device, extent, bytes));
    } catch (RuntimeException | Error failure) {
      memory.close();
      throw failure;
    }
  }

  private void copy(CudaDevice device, Extent extent, long bytes) {
    try (IntPointer lengths = new IntPointer(of(extent))) {
      device
          .status()
          .runtime(
              cudart.cudaMemcpy(
                  new DevicePointer(memory.address()),
                  lengths,
                  bytes,
                  cudart.cudaMemcpyHostToDevice),
              "cudaMemcpy of lengths to the device");
      // The copy may go on after the call, and our streams do not wait for the one it is on.
      device.status().runtime(cudart.cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    }
  }

  /** All are of one length. */
  static int[] of(Extent extent) {
    int[] lengths = new int[extent.sequences()];
    Arrays.fill(lengths, extent.frames());
    return lengths;
  }

  /** Where they are on the device; null where nobody reads them. */
  IntPointer onDevice() {
    return memory == null ? null : new IntPointer(new DevicePointer(memory.address()));
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
    }
  }
}
