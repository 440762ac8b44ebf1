package dev.armature.encoder.cuda;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;

/** The kernels, compiled for one GPU. Used by one thread at a time. */
final class CudaModule implements AutoCloseable {
  private final CudaStatus status;
  private final CUmod_st module = new CUmod_st();
  private final Map<String, CUfunc_st> functions = new HashMap<>();
  private boolean closed;

  private CudaModule(CudaStatus status, BytePointer image) {
    this.status = status;
    status.driver(cudart.cuModuleLoadData(module, image), "cuModuleLoadData of " + KernelSource.NAME);
  }

  /**
   * Compiles and loads the kernels into the calling thread's device.
   *
   * @param capability of the GPU, 90 for 9.0
   */
  static CudaModule compile(CudaStatus status, int capability) {
    try (BytePointer image = KernelCompiler.compile(status, capability)) {
      return new CudaModule(status, image);
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
