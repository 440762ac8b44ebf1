package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfigDifferencesTest {

  @Test
  void every_key_with_another_value_is_named_with_both() {
    assertThat(
            ConfigDifferences.between(
                "{\"train\":{\"batch\":8,\"seed\":1},\"round\":{\"workers\":2}}",
                "{\"train\":{\"batch\":9,\"seed\":1},\"round\":{\"workers\":3}}"))
        .isEqualTo("  - round.workers: was 2, now 3\n  - train.batch: was 8, now 9");
  }

  @Test
  void the_number_of_epochs_may_change() {
    assertThat(
            ConfigDifferences.between("{\"train\":{\"epochs\":8}}", "{\"train\":{\"epochs\":9}}"))
        .isEmpty();
  }

  @Test
  void a_key_that_is_newer_than_the_stored_configuration_was_at_its_default() {
    assertThat(ConfigDifferences.between("{}", "{\"init\":{\"epoch\":0}}")).isEmpty();
    assertThat(ConfigDifferences.between("{}", "{\"init\":{\"epoch\":3}}"))
        .isEqualTo("  - init.epoch: was 0, now 3");
  }

  @Test
  void a_key_that_there_is_no_more_was_what_is_done_now() {
    assertThat(ConfigDifferences.between("{\"encoder\":{\"heads\":1}}", "{}")).isEmpty();
    assertThat(ConfigDifferences.between("{\"encoder\":{\"heads\":2}}", "{}"))
        .isEqualTo("  - encoder.heads: was 2, now 1");
  }
}
