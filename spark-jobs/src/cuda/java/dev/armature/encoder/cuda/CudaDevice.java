package dev.armature.encoder.cuda;

import dev.armature.encoder.EngineUnavailableException;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuPrecision;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** An NVIDIA GPU, by CUDA, cuBLAS and cuDNN. */
public final class CudaDevice implements Device {
  /**
   * The first whose instructions for bfloat16 and TF32 are there; what is older computes floats.
   */
  private static final int AMPERE = 8;

  private final int ordinal;
  private final GpuExecution execution;
  private final String description;
  private final CudaStatus status;
  private final CudaModule module;
  private boolean closed;

  private CudaDevice(int ordinal, GpuExecution execution) {
    this.ordinal = ordinal;
    this.execution = execution;
    CudaStatus starting = new CudaStatus("GPU " + ordinal);
    starting.runtime(cudart.cudaSetDevice(ordinal), "cudaSetDevice");
    try (cudaDeviceProp properties = new cudaDeviceProp()) {
      starting.runtime(
          cudart.cudaGetDeviceProperties(properties, ordinal), "cudaGetDeviceProperties");
      description = describe(ordinal, properties);
      requirePrecision(properties.major(), execution.precision());
      status = new CudaStatus(description);
      // Makes the context that the driver's calls for modules need.
      status.runtime(cudart.cudaFree(new DevicePointer(0)), "cudaFree");
      module = CudaModule.load(status, properties.major() * 10 + properties.minor());
    }
  }

  /**
   * Opens a GPU.
   *
   * @param address as the cluster numbers the GPUs that this process sees; empty for the first
   * @throws EngineUnavailableException if it cannot be used, naming what is missing
   */
  public static CudaDevice open(String address, GpuExecution execution) {
    CudaLibraries.load();
    int[] count = new int[1];
    int code = cudart.cudaGetDeviceCount(count);
    if (code != 0) {
      throw new EngineUnavailableException(
          DeviceAddress.unusable(
              "cudaGetDeviceCount returned %d, %s"
                  .formatted(code, cudart.cudaGetErrorString(code).getString())));
    }
    return new CudaDevice(DeviceAddress.ordinal(address, count[0]), execution);
  }

  private static String describe(int ordinal, cudaDeviceProp properties) {
    int[] driver = new int[1];
    cudart.cudaDriverGetVersion(driver);
    return String.format(
        Locale.ROOT,
        "GPU %d (%s, compute capability %d.%d, %.0f GB, CUDA %d.%d, cuDNN %s)",
        ordinal,
        properties.name().getString(),
        properties.major(),
        properties.minor(),
        properties.totalGlobalMem() * 1e-9,
        driver[0] / 1000,
        driver[0] % 1000 / 10,
        version(cudnn.cudnnGetVersion()));
  }

  /** cuDNN 9.19.1 calls itself 91901, and 8.3.2 itself 8302. */
  static String version(long number) {
    return number < 10_000
        ? "%d.%d.%d".formatted(number / 1000, number / 100 % 10, number % 100)
        : "%d.%d.%d".formatted(number / 10_000, number / 100 % 100, number % 100);
  }

  static void requirePrecision(int major, GpuPrecision precision) {
    if (major < AMPERE && precision != GpuPrecision.FLOAT32) {
      throw new EngineUnavailableException(
          "gpu.precision = %s needs a GPU of compute capability 8.0 or newer, found %d.x: set gpu.precision = float32"
              .formatted(precision.label(), major));
    }
  }

  GpuExecution execution() {
    return execution;
  }

  CudaStatus status() {
    return status;
  }

  CudaModule module() {
    return module;
  }

  @Override
  public void enter() {
    status.runtime(cudart.cudaSetDevice(ordinal), "cudaSetDevice");
  }

  @Override
  public DeviceMemory allocate(long floats, String purpose) {
    return allocateBytes(floats * Float.BYTES, purpose);
  }

  CudaMemory allocateBytes(long bytes, String purpose) {
    return CaptureLock.get(() -> take(bytes, purpose));
  }

  private CudaMemory take(long bytes, String purpose) {
    Pointer place = new Pointer();
    int code = cudart.cudaMalloc(place, Math.max(bytes, Float.BYTES));
    if (code == cudart.cudaErrorMemoryAllocation) {
      // Otherwise the next launch would report it again.
      cudart.cudaGetLastError();
      throw new IllegalStateException(
          OutOfMemory.message(description, bytes, purpose, memory()));
    }
    status.runtime(code, "cudaMalloc of %d bytes for %s".formatted(bytes, purpose));
    CudaMemory memory = new CudaMemory(status, place.address());
    try {
      status.runtime(cudart.cudaMemset(place, 0, Math.max(bytes, Float.BYTES)), "cudaMemset");
      // Our streams do not wait for the one that this went to.
      status.runtime(cudart.cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    } catch (RuntimeException failure) {
      Release.after(failure, new ArrayDeque<>(List.of(memory)));
      throw failure;
    }
    return memory;
  }

  @Override
  public MemoryUse memory() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer all = new SizeTPointer(1)) {
      status.runtime(cudart.cudaMemGetInfo(free, all), "cudaMemGetInfo");
      return new MemoryUse(free.get(), all.get());
    }
  }

  @Override
  public DeviceTimer newTimer() {
    return new CudaTimer(status);
  }

  @Override
  public DeviceStream newStream() {
    return new CudaStream(this);
  }

  @Override
  public DeviceGru newGru(int input, int hidden) {
    return new CudaGru(this, input, hidden);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      CaptureLock.run(module::close);
    }
  }
}
