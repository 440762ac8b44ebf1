package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;

class SingleThreadedBlasTest {

  @Test
  void the_last_user_out_puts_the_number_of_threads_back() {
    int before = openblas_nolapack.blas_get_num_threads();
    try {
      openblas_nolapack.blas_set_num_threads(3);
      SingleThreadedBlas.enter();
      SingleThreadedBlas.enter();
      assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
      SingleThreadedBlas.leave();
      assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
      SingleThreadedBlas.leave();
      assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(3);
    } finally {
      openblas_nolapack.blas_set_num_threads(before);
    }
  }
}
