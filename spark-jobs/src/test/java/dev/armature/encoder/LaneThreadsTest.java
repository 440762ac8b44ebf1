package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneThreadsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void both_halves_are_done_before_it_returns(int threads) {
    AtomicInteger done = new AtomicInteger();
    try (Lanes lanes = new LaneThreads(threads, false)) {
      for (int i = 1; i <= 1000; i++) {
        lanes.both(done::incrementAndGet, done::incrementAndGet);
        assertThat(done).hasValue(2 * i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_failure_of_either_half_reaches_the_caller(int threads) {
    Runnable fail =
        () -> {
          throw new IllegalArgumentException("spoiled");
        };
    try (Lanes lanes = new LaneThreads(threads, false)) {
      assertThatThrownBy(() -> lanes.both(fail, () -> {})).hasStackTraceContaining("spoiled");
      assertThatThrownBy(() -> lanes.both(() -> {}, fail)).hasStackTraceContaining("spoiled");
    }
  }
}
