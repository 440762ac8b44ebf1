package dev.armature.encoder.cuda;

/** The releases of NVIDIA's libraries that this build binds to, ND4J's: CUDA 11.6 and cuDNN 8.3. */
final class CudaRelease {
  static final String NAMES = "CUDA 11.6 and cuDNN 8.3";
  static final String BACKENDS = "cudnn or nd4j-cuda";
  static final String PROCESSOR =
      "build without the profile nd4j-cuda and set encoder.backend = onednn to compute on the processor";
  static final String RUNTIME = "libcudart.so.11.0";
  static final String COMPILER = "libnvrtc.so.11.2";
  static final String BLAS = "libcublas.so.11, libcublasLt.so.11";
  static final String DNN = "cuDNN 8 (libcudnn.so.8 and its parts beside it)";

  private CudaRelease() {}

  /** What cuDNN says of the last failure beside its code: this release nothing. */
  static String dnnDetail() {
    return "";
  }
}
