package dev.armature.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitRuleTest {
  @Test
  void ntu60_trains_on_20_of_40_subjects_or_on_two_cameras() {
    SplitRule subjects = SplitRule.ntu60(Protocol.XSUB);
    assertThat(training(subjects, 40)).isEqualTo(20);
    assertThat(subjects.split(8, 1, 1)).isEqualTo(Split.TRAIN);
    assertThat(subjects.split(3, 2, 2)).isEqualTo(Split.TEST);
    SplitRule views = SplitRule.ntu60(Protocol.XVIEW);
    assertThat(views.split(8, 1, 1)).isEqualTo(Split.TEST);
    assertThat(views.split(3, 2, 1)).isEqualTo(Split.TRAIN);
    assertThat(views.split(3, 3, 1)).isEqualTo(Split.TRAIN);
  }

  @Test
  void ntu120_trains_on_53_of_106_subjects_or_on_even_setups() {
    SplitRule subjects = SplitRule.ntu120(Protocol.XSUB);
    assertThat(training(subjects, 106)).isEqualTo(53);
    assertThat(subjects.split(103, 1, 1)).isEqualTo(Split.TRAIN);
    assertThat(subjects.split(106, 1, 1)).isEqualTo(Split.TEST);
    SplitRule setups = SplitRule.ntu120(Protocol.XSETUP);
    assertThat(setups.split(1, 1, 32)).isEqualTo(Split.TRAIN);
    assertThat(setups.split(1, 1, 17)).isEqualTo(Split.TEST);
  }

  @Test
  void utd_mhad_trains_on_odd_subjects() {
    SplitRule rule = SplitRule.utdMhad(Protocol.XSUB);
    assertThat(training(rule, 8)).isEqualTo(4);
    assertThat(rule.split(7, 0, 0)).isEqualTo(Split.TRAIN);
  }

  @Test
  void a_protocol_that_a_data_set_does_not_have_is_refused() {
    assertThatThrownBy(() -> SplitRule.ntu60(Protocol.XSETUP))
        .hasMessage("ntu60 has no protocol xsetup; it has xsub and xview");
    assertThatThrownBy(() -> SplitRule.ntu120(Protocol.XVIEW))
        .hasMessage("ntu120 has no protocol xview; it has xsub and xsetup");
    assertThatThrownBy(() -> SplitRule.utdMhad(Protocol.XVIEW))
        .hasMessage("utd-mhad has no protocol xview; it has xsub only");
  }

  @Test
  void a_rule_of_negative_numbers_is_refused() {
    assertThatThrownBy(() -> SplitRule.of(Protocol.XSUB, 1, -1))
        .hasMessage("what trains by protocol xsub is [1, -1]; expected numbers from 0 on");
  }

  private static long training(SplitRule rule, int subjects) {
    return IntStream.rangeClosed(1, subjects)
        .filter(subject -> rule.split(subject, 1, 1) == Split.TRAIN)
        .count();
  }
}
