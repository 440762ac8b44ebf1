package dev.armature.encoder.cuda;

import dev.armature.encoder.EngineUnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;

/** Loads the native libraries, none of which ships with this program. */
final class CudaLibraries {
  /** The bindings, and the libraries that each needs, in the order in which they build up. */
  private static final Map<Class<?>, String> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put(cudart.class, "NVIDIA's driver (libcuda.so.1) and CUDA's runtime (libcudart.so.13)");
    NEEDED.put(nvrtc.class, "CUDA's run-time compiler (libnvrtc.so.13)");
    NEEDED.put(cublas.class, "cuBLAS (libcublas.so.13, libcublasLt.so.13)");
    NEEDED.put(cudnn.class, "cuDNN 9 (libcudnn.so.9 and its parts beside it)");
  }

  private CudaLibraries() {}

  /**
   * Loads all of them.
   *
   * @throws EngineUnavailableException naming the first that is missing, and what was looked for
   */
  static void load() {
    for (Map.Entry<Class<?>, String> library : NEEDED.entrySet()) {
      try {
        Loader.load(library.getKey());
      } catch (LinkageError missing) {
        throw new EngineUnavailableException(message(library.getValue(), cause(missing)), missing);
      }
    }
  }

  private static String cause(LinkageError missing) {
    Throwable last = missing;
    while (last.getCause() instanceof LinkageError deeper) {
      last = deeper;
    }
    return String.valueOf(last.getMessage());
  }

  static String message(String library, String cause) {
    return "encoder.backend = cudnn needs %s, and loading it failed (%s): use a machine or an image that has the driver of a GPU, CUDA 13 and cuDNN 9, and put the folders of these libraries on LD_LIBRARY_PATH where the system's loader does not know them; or set encoder.backend = onednn to compute on the processor"
        .formatted(library, cause);
  }
}
