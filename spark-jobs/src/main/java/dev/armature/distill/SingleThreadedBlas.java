package dev.armature.distill;

import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Keeps OpenBLAS at one thread a call while at least one user is inside.
 *
 * <p>OpenBLAS's number of threads is the whole process's, and for some shapes it changes the last
 * bits of a product. The first user in sets it to one and the last one out puts it back. A process
 * that runs several tasks does best to set it to one for good; nothing is switched then.
 */
final class SingleThreadedBlas {
  private static int users;
  private static int before;

  private SingleThreadedBlas() {}

  static synchronized void enter() {
    if (users == 0) {
      before = openblas_nolapack.blas_get_num_threads();
      set(1);
    }
    users++;
  }

  static synchronized void leave() {
    users--;
    if (users == 0) {
      set(before);
    }
  }

  /** −1, which is what is reported as long as nobody has set a number, restores the default. */
  private static void set(int threads) {
    if (openblas_nolapack.blas_get_num_threads() != threads) {
      openblas_nolapack.blas_set_num_threads(threads);
    }
  }
}
