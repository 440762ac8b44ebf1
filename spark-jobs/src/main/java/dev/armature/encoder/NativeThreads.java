package dev.armature.encoder;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * How many threads the native libraries use.
 *
 * <p>OpenMP keeps that number per calling thread, so tasks that share a JVM can differ; its
 * environment variable is read once, before any task, and does not help. OpenBLAS keeps one number
 * for the process.
 */
final class NativeThreads {
  private NativeThreads() {}

  /** Holds the function until it is first needed: the plain backend needs no oneDNN. */
  private static final class OpenMp {
    /** Looked up through oneDNN's binding, so that it is the runtime which oneDNN itself uses. */
    private static final Function SET_NUM_THREADS =
        NativeLibrary.getInstance(Loader.load(org.bytedeco.dnnl.global.dnnl.class))
            .getFunction("omp_set_num_threads");
  }

  /** Sets the threads of OpenMP regions that the calling thread will open. */
  static void setOpenMp(int threads) {
    OpenMp.SET_NUM_THREADS.invokeVoid(new Object[] {threads});
  }

  /** Sets the threads of OpenBLAS, for the whole process, if they differ. */
  static void setBlas(int threads) {
    if (openblas.blas_get_num_threads() != threads) {
      openblas.blas_set_num_threads(threads);
    }
  }
}
