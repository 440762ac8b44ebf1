package dev.armature.encoder.cuda;

import java.util.function.IntFunction;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.BytePointer;

/**
 * Looks at what every call of CUDA's libraries returns. The meaning of a code is asked from the
 * library that gave it.
 *
 * @param device on which it was called, for people
 * @param unsupported what to do where cuDNN has nothing for what it is asked; may be empty
 */
record CudaStatus(String device, String unsupported) {
  /** Codes of cuDNN 9 for what it has nothing for: from this one on, and below the next thousand. */
  private static final int UNSUPPORTED = 3000;

  private static final int AFTER_UNSUPPORTED = 4000;

  /** Success, in all of these libraries. */
  private static final int SUCCESS = 0;

  CudaStatus(String device) {
    this(device, "");
  }

  /** A call of CUDA's runtime. */
  void runtime(int code, String call) {
    require(
        code,
        call,
        found -> cudart.cudaGetErrorName(found).getString(),
        found -> cudart.cudaGetErrorString(found).getString());
  }

  /** A call of CUDA's driver. */
  void driver(int code, String call) {
    require(code, call, CudaStatus::driverName, found -> "");
  }

  private static String driverName(int code) {
    try (BytePointer name = new BytePointer((org.bytedeco.javacpp.Pointer) null);
        var place = new org.bytedeco.javacpp.PointerPointer<BytePointer>(1)) {
      place.put(0, name);
      return cudart.cuGetErrorName(code, place) == SUCCESS
          ? place.get(BytePointer.class, 0).getString()
          : "of an unknown name";
    }
  }

  /** A call of cuBLAS. */
  void blas(int code, String call) {
    require(
        code,
        call,
        found -> cublas.cublasGetStatusName(found).getString(),
        found -> cublas.cublasGetStatusString(found).getString());
  }

  /** A call of cuDNN. */
  void dnn(int code, String call) {
    require(
        code,
        call,
        found -> cudnn.cudnnGetErrorString(found).getString(),
        found -> CudaRelease.dnnDetail() + advice(found));
  }

  /** What to do about a code of cuDNN's. */
  String advice(int code) {
    boolean refused =
        code == cudnn.CUDNN_STATUS_NOT_SUPPORTED
            || (code >= UNSUPPORTED && code < AFTER_UNSUPPORTED);
    return refused && !unsupported.isEmpty() ? "; " + unsupported : "";
  }

  /** A call of NVRTC. */
  void compiler(int code, String call) {
    require(code, call, found -> nvrtc.nvrtcGetErrorString(found).getString(), found -> "");
  }

  /**
   * @param name what the library calls the code
   * @param meaning what it says of it; may be empty
   * @throws IllegalStateException if the code is not that of success
   */
  void require(int code, String call, IntFunction<String> name, IntFunction<String> meaning) {
    if (code != SUCCESS) {
      throw new IllegalStateException(message(code, call, name.apply(code), meaning.apply(code)));
    }
  }

  private String message(int code, String call, String name, String meaning) {
    return "%s failed on %s with %d, %s%s"
        .formatted(call, device, code, name, meaning.isBlank() ? "" : ": " + meaning);
  }
}
