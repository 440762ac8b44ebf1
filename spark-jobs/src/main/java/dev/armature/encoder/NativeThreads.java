package dev.armature.encoder;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How many threads native libraries use.
 *
 * <p>OpenMP, and oneDNN with it, keeps that number per calling thread, so tasks that share a JVM
 * can differ; its environment variable is read once, before any task, and does not help.
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

  /**
   * Gives OpenBLAS and ND4J one thread each, in this whole process: their number is in the bits,
   * and no task may change it under another; ND4J's threads spin and take others' cores.
   *
   * @throws EngineUnavailableException if ND4J, loaded here, could not use the GPU of its build
   */
  public static void alone() {
    Nd4jCudaSupport.require();
    openblas_nolapack.blas_set_num_threads(1);
    Nd4j.getEnvironment().setMaxThreads(1);
    Nd4j.getEnvironment().setMaxMasterThreads(1);
  }

  /**
   * The same for a while: when the last of those who asked for it has closed what they got, the
   * numbers are again what they were before the first. Who sets them meanwhile sets them for all.
   */
  public static Alone aloneUntilClosed() {
    Nd4jCudaSupport.require();
    synchronized (Before.LOCK) {
      if (Before.users++ == 0) {
        Before.blas = openblas_nolapack.blas_get_num_threads();
        Before.most = Nd4j.getEnvironment().maxThreads();
        Before.master = Nd4j.getEnvironment().maxMasterThreads();
      }
      alone();
    }
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        synchronized (Before.LOCK) {
          if (--Before.users == 0) {
            openblas_nolapack.blas_set_num_threads(Before.blas);
            Nd4j.getEnvironment().setMaxThreads(Before.most);
            Nd4j.getEnvironment().setMaxMasterThreads(Before.master);
          }
        }
      }
    };
  }

  /** What {@link #aloneUntilClosed} gives. */
  @FunctionalInterface
  public interface Alone extends AutoCloseable {
    /** Once is enough; more often does nothing. */
    @Override
    void close();
  }

  /** What the numbers were, while somebody has changed them for a while. */
  private static final class Before {
    private static final Object LOCK = new Object();
    private static int users;
    private static int blas;
    private static int most;
    private static int master;
  }

  /** Sets the threads of OpenMP regions that the calling thread will open. */
  public static void setOpenMp(int threads) {
    OpenMp.SET_NUM_THREADS.invokeVoid(new Object[] {threads});
  }
}
