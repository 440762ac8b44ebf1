package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SeedsTest {

  @Test
  void seeds_are_the_same_as_those_another_language_computes() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(SeedsTest.class.getResource("seeds.json"));
    assertThat(cases).isNotEmpty();
    for (JsonNode each : cases) {
      long seed = number(each.get("seed"));
      long combined =
          each.has("name")
              ? Seeds.combine(seed, each.get("name").asText())
              : Seeds.combine(seed, number(each.get("value")));
      assertThat(combined).as(each.toString()).isEqualTo(number(each.get("combined")));
    }
  }

  private static long number(JsonNode hexadecimal) {
    return Long.parseUnsignedLong(hexadecimal.asText().substring(2), 16);
  }

  @Property(tries = 200)
  void neighbouring_numbers_never_share_a_seed(@ForAll long seed, @ForAll long start) {
    Set<Long> seen = new HashSet<>();
    for (long value = start; value != start + 50; value++) {
      seen.add(Seeds.combine(seed, value));
    }
    assertThat(seen).hasSize(50);
  }
}
