package dev.armature.encoder;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import org.bytedeco.javacpp.Loader;

/**
 * How many threads oneDNN uses.
 *
 * <p>OpenMP keeps that number per calling thread, so tasks that share a JVM can differ; its
 * environment variable is read once, before any task, and does not help.
 */
public final class NativeThreads {
  private NativeThreads() {}

  /** Holds the function until it is first needed: the plain backend needs no oneDNN. */
  private static final class OpenMp {
    /** Looked up through oneDNN's binding, so that it is the runtime which oneDNN itself uses. */
    private static final Function SET_NUM_THREADS =
        NativeLibrary.getInstance(Loader.load(org.bytedeco.dnnl.global.dnnl.class))
            .getFunction("omp_set_num_threads");
  }

  /** Sets the threads of OpenMP regions that the calling thread will open. */
  public static void setOpenMp(int threads) {
    OpenMp.SET_NUM_THREADS.invokeVoid(new Object[] {threads});
  }
}
