package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class AveragingTest {

  private static Tuple2<ChunkKey, Contribution> part(
      int round, int chunk, int worker, int steps, float... values) {
    return new Tuple2<>(
        new ChunkKey(chunk, worker),
        new Contribution.Parameters(round, steps, new FloatBlock(values)));
  }

  private static List<Averaging.Outcome> average(
      int round, int workers, List<Tuple2<ChunkKey, Contribution>> parts) {
    List<Tuple2<ChunkKey, Contribution>> sorted = new ArrayList<>(parts);
    sorted.sort((a, b) -> ChunkKey.ORDER.compare(a._1(), b._1()));
    List<Averaging.Outcome> outcomes = new ArrayList<>();
    Iterator<Averaging.Outcome> iterator =
        new Averaging(new Round(round, 0, 0, 0, 1, workers, 1), 4, 64).call(sorted.iterator());
    iterator.forEachRemaining(outcomes::add);
    return outcomes;
  }

  private static float[] values(Averaging.Outcome outcome) {
    return ((Averaging.Outcome.Piece) outcome).values().values();
  }

  @Test
  void workers_count_by_the_steps_they_have_done() {
    List<Averaging.Outcome> outcomes =
        average(
            4,
            2,
            List.of(
                part(4, 1, 1, 1, 8f),
                part(4, 0, 1, 1, 3f, 30f),
                part(4, 0, 0, 3, 1f, 10f),
                part(4, 1, 0, 3, 4f)));
    assertThat(outcomes).hasSize(2);
    assertThat(values(outcomes.get(0))).containsExactly(new float[] {1.5f, 15f}, within(0f));
    assertThat(values(outcomes.get(1))).containsExactly(new float[] {5f}, within(0f));
  }

  @Test
  void the_average_of_one_worker_is_that_worker_bit_for_bit() {
    float[] odd = {0.1f, -1e-30f, 3.3333333f, Float.MIN_VALUE, 1e30f};
    assertThat(values(average(0, 1, List.of(part(0, 0, 0, 7, odd))).get(0))).isEqualTo(odd);
  }

  @Test
  void a_result_of_another_round_is_refused() {
    assertThatThrownBy(() -> average(5, 1, List.of(part(4, 0, 0, 1, 1f))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("round 4")
        .hasMessageContaining("round 5");
  }

  @Test
  void a_missing_worker_is_noticed() {
    assertThatThrownBy(() -> average(0, 2, List.of(part(0, 0, 0, 1, 1f))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 workers, expected 2");
  }

  @Test
  void a_worker_that_comes_twice_is_noticed() {
    assertThatThrownBy(() -> average(0, 2, List.of(part(0, 0, 0, 1, 1f), part(0, 0, 0, 1, 1f))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("worker 0");
  }
}
