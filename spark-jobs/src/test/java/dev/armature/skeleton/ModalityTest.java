package dev.armature.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModalityTest {
  @ParameterizedTest
  @EnumSource
  void a_label_names_its_modality(Modality modality) {
    assertThat(Modality.of(modality.label())).isEqualTo(modality);
  }

  @Test
  void labels_are_the_names_of_the_field() {
    assertThat(Modality.labels(List.of(Modality.values())))
        .isEqualTo("joint, motion, bone, acceleration, bone-motion, bone-acceleration");
  }

  @Test
  void labels_do_not_depend_on_the_language_of_the_machine() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertThat(Modality.ACCELERATION.label()).isEqualTo("acceleration");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void what_is_no_label_is_refused_with_those_there_are() {
    for (String wrong : List.of("bone_motion", "JOINT", "", "velocity")) {
      assertThatThrownBy(() -> Modality.of(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unknown modality '%s'".formatted(wrong))
          .hasMessageContaining("joint, motion, bone, acceleration, bone-motion");
    }
  }
}
