package dev.armature.encoder.cuda;

import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Compiles the kernels by NVRTC, which needs no GPU. */
final class KernelCompiler {
  private KernelCompiler() {}

  /**
   * Compiles the kernels.
   *
   * @param capability of the GPU, 90 for 9.0
   * @return machine code, or for a GPU that the compiler does not know, code that the driver
   *     translates; the caller closes it
   * @throws IllegalStateException with what the compiler says, if they do not compile
   */
  static BytePointer compile(CudaStatus status, int capability) {
    String option = ArchitectureOption.of(capability, architectures(status));
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
      return image(status, program, option.contains("=sm_"));
    } finally {
      if (!program.isNull()) {
        status.compiler(nvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
      }
    }
  }

  private static int[] architectures(CudaStatus status) {
    int[] count = new int[1];
    status.compiler(nvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] supported = new int[count[0]];
    status.compiler(nvrtc.nvrtcGetSupportedArchs(supported), "nvrtcGetSupportedArchs");
    return supported;
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
}
