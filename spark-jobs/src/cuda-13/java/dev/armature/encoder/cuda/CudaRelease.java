package dev.armature.encoder.cuda;

import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.global.cudnn;

/** The releases of NVIDIA's libraries that this build binds to: CUDA 13 and cuDNN 9. */
final class CudaRelease {
  static final String NAMES = "CUDA 13 and cuDNN 9";
  static final String BACKENDS = "cudnn";
  static final String PROCESSOR = "set encoder.backend = onednn to compute on the processor";
  static final String RUNTIME = "libcudart.so.13";
  static final String COMPILER = "libnvrtc.so.13";
  static final String BLAS = "libcublas.so.13, libcublasLt.so.13";
  static final String DNN = "cuDNN 9 (libcudnn.so.9 and its parts beside it)";

  /** Bytes of the text in which cuDNN says more. */
  private static final int DETAIL = 1024;

  private CudaRelease() {}

  /** What cuDNN says of the last failure beside its code; may be empty. */
  static String dnnDetail() {
    byte[] text = new byte[DETAIL];
    cudnn.cudnnGetLastErrorString(text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8).strip();
  }
}
