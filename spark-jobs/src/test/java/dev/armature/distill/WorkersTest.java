package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void every_piece_is_done_once(int threads) {
    try (Workers workers = new Workers(threads)) {
      AtomicIntegerArray done = new AtomicIntegerArray(100);
      workers.forEach(
          100,
          (piece, worker) -> {
            assertThat(worker).isBetween(0, threads - 1);
            done.incrementAndGet(piece);
          });
      for (int piece = 0; piece < 100; piece++) {
        assertThat(done.get(piece)).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void a_failure_reaches_the_caller(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertThatThrownBy(
              () ->
                  workers.forEach(
                      50,
                      (piece, worker) -> {
                        if (piece == 31) {
                          throw new IllegalArgumentException("piece 31");
                        }
                      }))
          .hasStackTraceContaining("piece 31");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void an_interrupted_caller_still_waits_and_stays_interrupted(int threads) {
    try (Workers workers = new Workers(threads)) {
      AtomicIntegerArray done = new AtomicIntegerArray(1);
      Thread.currentThread().interrupt();
      workers.forEach(40, (piece, worker) -> done.incrementAndGet(0));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(done.get(0)).isEqualTo(40);
    }
  }
}
