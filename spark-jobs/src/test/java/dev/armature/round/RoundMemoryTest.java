package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.ParameterLayout;
import dev.armature.round.RoundMemory.Part;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundMemoryTest {
  private static final SmallRun RUN = SmallRun.usual();

  private static long state() {
    return 3L * 3 * Float.BYTES * new ParameterLayout(RUN.plan().encoder()).size();
  }

  @Property(tries = 20)
  void more_workers_in_a_process_never_take_less(@ForAll @IntRange(min = 1, max = 15) int workers) {
    RoundMemory memory = new RoundMemory(RUN.workers(16).plan());
    List<Part> fewer = memory.executor(workers, workers, 1000, 1);
    List<Part> more = memory.executor(workers + 1, workers + 1, 1000, 1);

    assertThat(RoundMemory.heap(more)).isGreaterThan(RoundMemory.heap(fewer));
    assertThat(RoundMemory.outside(more)).isGreaterThan(RoundMemory.outside(fewer));
  }

  @Property(tries = 20)
  void the_driver_holds_no_more_states_however_many_workers_there_are(
      @ForAll @IntRange(min = 1, max = 500) int workers) {
    long encoders =
        new RoundMemory(RUN.workers(workers).plan())
            .driver(1).stream()
                .filter(part -> part.name().contains("state") || part.name().contains("averages"))
                .mapToLong(Part::heap)
                .sum();

    assertThat(encoders).isBetween(4 * state(), 6 * state());
  }

  @Test
  void two_runs_side_by_side_take_twice_the_states_of_one() {
    RoundMemory memory = new RoundMemory(RUN.plan());

    assertThat(heap(memory.driver(2), "states before run and round"))
        .isEqualTo(2 * heap(memory.driver(1), "states before run and round"));
  }

  @Test
  void a_shard_is_the_coordinates_of_its_sequences() {
    // 10 sequences of 20 frames, 4 joints of 3 floats; then 200 bytes each of names and headers.
    assertThat(new RoundMemory(RUN.workers(2).plan()).shard(20, 20))
        .isEqualTo(10 * (20 * 48 + 200));
  }

  @Test
  void a_process_that_is_driver_and_executor_counts_what_it_publishes_once() {
    RoundMemory memory = new RoundMemory(RUN.plan());

    assertThat(memory.local(1, 1000, 1).stream().map(Part::name)).doesNotHaveDuplicates();
  }

  private static long heap(List<Part> parts, String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst().orElseThrow().heap();
  }
}
