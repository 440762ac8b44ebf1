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
    NEEDED.put(cudart.class, "NVIDIA's driver (libcuda.so.1) and CUDA's runtime (%s)".formatted(CudaRelease.RUNTIME));
    NEEDED.put(nvrtc.class, "CUDA's run-time compiler (%s)".formatted(CudaRelease.COMPILER));
    NEEDED.put(cublas.class, "cuBLAS (%s)".formatted(CudaRelease.BLAS));
    NEEDED.put(cudnn.class, CudaRelease.DNN);
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
    return "encoder.backend = %s needs %s, and loading it failed (%s): use a machine or an image that has the driver of a GPU, %s, and put the folders of these libraries on LD_LIBRARY_PATH where the system's loader does not know them; or %s"
        .formatted(CudaRelease.BACKENDS, library, cause, CudaRelease.NAMES, CudaRelease.PROCESSOR);
  }
}
