package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderBackend;
import dev.armature.evaluate.EvaluationProtocol;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreflightTest {

  @ParameterizedTest
  @EnumSource(EvaluationProtocol.class)
  void protocols_that_train_encoders_are_refused_on_a_gpu(EvaluationProtocol protocol) {
    EnumSet<EvaluationProtocol> asked = EnumSet.of(EvaluationProtocol.KNN, protocol);
    assertThatCode(() -> Preflight.requireTrainable(asked, EncoderBackend.ONEDNN))
        .doesNotThrowAnyException();
    if (protocol == EvaluationProtocol.FINE_TUNE
        || protocol == EvaluationProtocol.SEMI_SUPERVISED) {
      assertThatThrownBy(() -> Preflight.requireTrainable(asked, EncoderBackend.CUDNN))
          .isInstanceOf(UserMistakeException.class)
          .hasMessageContaining("encoder.backend=onednn");
    } else {
      assertThatCode(() -> Preflight.requireTrainable(asked, EncoderBackend.CUDNN))
          .doesNotThrowAnyException();
    }
  }
}
