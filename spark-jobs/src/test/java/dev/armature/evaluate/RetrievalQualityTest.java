package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetrievalQualityTest {

  @Test
  void average_precision_is_that_of_scikit_learn() throws IOException {
    Oracle oracle = new Oracle("retrieval");
    List<Integer> cutoffs = new ArrayList<>();
    oracle.array("cutoffs").forEach(cutoff -> cutoffs.add(cutoff.asInt()));
    List<boolean[]> lists = new ArrayList<>();
    double sum = 0;
    for (JsonNode list : oracle.array("lists")) {
      boolean[] relevance = new boolean[list.get("relevance").size()];
      for (int rank = 0; rank < relevance.length; rank++) {
        relevance[rank] = list.get("relevance").get(rank).asInt() == 1;
      }
      lists.add(relevance);

      RetrievalQuality.Query found = RetrievalQuality.query(relevance, cutoffs);

      assertThat(found.averagePrecision())
          .isCloseTo(list.get("averagePrecision").asDouble(), within(1e-12));
      for (int place = 0; place < cutoffs.size(); place++) {
        assertThat(found.precisions().get(place))
            .isCloseTo(list.get("precisions").get(place).asDouble(), within(1e-12));
      }
      sum += list.get("averagePrecision").asDouble();
    }
    RetrievalQuality means = RetrievalQuality.of(lists, cutoffs);
    assertThat(means.queries()).isEqualTo(lists.size());
    assertThat(means.meanAveragePrecision()).isCloseTo(sum / lists.size(), within(1e-12));
  }

  @Test
  void a_list_by_hand() {
    // Relevant at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
    RetrievalQuality.Query found =
        RetrievalQuality.query(new boolean[] {true, false, true, true, false}, List.of(1, 2, 10));

    assertThat(found.averagePrecision()).isCloseTo(29.0 / 36, within(1e-12));
    assertThat(found.precisions()).containsExactly(1.0, 0.5, 0.3);
    assertThat(found.relevant()).isEqualTo(3);
  }

  @Test
  void a_query_with_nothing_relevant_is_counted_and_left_out_of_the_means() {
    RetrievalQuality found =
        RetrievalQuality.of(
            List.of(new boolean[] {false, true}, new boolean[] {false, false}), List.of(2));

    assertThat(found.queries()).isEqualTo(1);
    assertThat(found.withoutRelevant()).isEqualTo(1);
    assertThat(found.meanAveragePrecision()).isEqualTo(0.5);
    assertThat(found.meanPrecisionAt()).containsEntry(2, 0.5);
    assertThat(RetrievalQuality.of(List.of(), List.of(1)).meanAveragePrecision()).isZero();
  }

  @Test
  void a_rank_of_zero_is_refused() {
    assertThatThrownBy(() -> RetrievalQuality.precisionAt(new boolean[] {true}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rank 1 or later, found rank 0");
  }

  @Property(tries = 200)
  void moving_a_relevant_item_up_never_lowers_average_precision(
      @ForAll boolean[] items, @ForAll @IntRange(max = 1000) int place) {
    if (items.length < 2) {
      return;
    }
    boolean[] raised = items.clone();
    int at = place % (items.length - 1);
    if (!raised[at] && raised[at + 1]) {
      raised[at] = true;
      raised[at + 1] = false;
    }

    double before = RetrievalQuality.query(items, List.of()).averagePrecision();
    double after = RetrievalQuality.query(raised, List.of()).averagePrecision();

    assertThat(after).isGreaterThanOrEqualTo(before - 1e-12);
    assertThat(before).isBetween(0.0, 1 + 1e-12);
  }
}
