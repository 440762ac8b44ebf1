package dev.armature.encoder.cuda;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

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
    int[] count = new int[1];
    status.compiler(nvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] supported = new int[count[0]];
    status.compiler(nvrtc.nvrtcGetSupportedArchs(supported), "nvrtcGetSupportedArchs");
    String option = ArchitectureOption.of(capability, supported);
    _nvrtcProgram program = new _nvrtcProgram();
    try (BytePointer source = new BytePointer(KernelSource.read());
        BytePointer name = new BytePointer(KernelSource.NAME);
        PointerPointer<BytePointer> options = new PointerPointer<>(option)) {
      status.compiler(
          nvrtc.nvrtcCreateProgram(
              program, source, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null),
          "nvrtcCreateProgram");
      int code = nvrtc.nvrtcCompileProgram(program, 1, options);
      if (code != 0) {
        throw new IllegalStateException(
            "%s does not compile with %s on %s: %s"
                .formatted(KernelSource.NAME, option, status.device(), log(program)));
      }
      try (BytePointer image = image(status, program, option.contains("=sm_"))) {
        return new CudaModule(status, image);
      }
    } finally {
      if (!program.isNull()) {
        status.compiler(nvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
      }
    }
  }

  private static String log(_nvrtcProgram program) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      nvrtc.nvrtcGetProgramLogSize(program, size);
      try (BytePointer text = new BytePointer(Math.max(1, size.get()))) {
        text.put(0, (byte) 0);
        nvrtc.nvrtcGetProgramLog(program, text);
        return text.getString();
      }
    }
  }

  /** Machine code, or code that the driver translates. */
  private static BytePointer image(CudaStatus status, _nvrtcProgram program, boolean machineCode) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      if (machineCode) {
        status.compiler(nvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
        BytePointer image = new BytePointer(size.get());
        status.compiler(nvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
        return image;
      }
      status.compiler(nvrtc.nvrtcGetPTXSize(program, size), "nvrtcGetPTXSize");
      BytePointer image = new BytePointer(size.get());
      status.compiler(nvrtc.nvrtcGetPTX(program, image), "nvrtcGetPTX");
      return image;
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
