package dev.armature.encoder.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;

/** The kernels, compiled for one GPU. Used by one thread at a time. */
final class CudaModule implements AutoCloseable {
  /** By compute capability. */
  private static final Map<Integer, byte[]> COMPILED = new ConcurrentHashMap<>();

  private final CudaStatus status;
  private final CUmod_st module = new CUmod_st();
  private final Map<String, CUfunc_st> functions = new HashMap<>();
  private boolean closed;

  private CudaModule(CudaStatus status, BytePointer image) {
    this.status = status;
    status.driver(cudart.cuModuleLoadData(module, image), "cuModuleLoadData of " + KernelSource.NAME);
  }

  /**
   * Loads the kernels into the calling thread's device; compiled once in a process for each kind of
   * GPU.
   *
   * @param capability of the GPU, 90 for 9.0
   */
  static CudaModule load(CudaStatus status, int capability) {
    byte[] code = COMPILED.computeIfAbsent(capability, wanted -> compile(status, wanted));
    try (BytePointer image = new BytePointer(code)) {
      return CaptureLock.get(() -> new CudaModule(status, image));
    }
  }

  private static byte[] compile(CudaStatus status, int capability) {
    try (BytePointer image = KernelCompiler.compile(status, capability)) {
      byte[] code = new byte[Math.toIntExact(image.capacity())];
      image.get(code);
      return code;
    }
  }

  CUfunc_st function(String name) {
    return functions.computeIfAbsent(
        name,
        wanted -> {
          CUfunc_st function = new CUfunc_st();
          status.driver(
              cudart.cuModuleGetFunction(function, module, wanted),
              "cuModuleGetFunction of " + wanted);
          return function;
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      status.driver(cudart.cuModuleUnload(module), "cuModuleUnload");
    }
  }
}
