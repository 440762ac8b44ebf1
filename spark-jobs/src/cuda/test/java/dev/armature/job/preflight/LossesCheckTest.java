package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.encoder.EncoderBackend;
import org.junit.jupiter.api.Test;

class LossesCheckTest {

  @Test
  void a_method_whose_losses_no_gpu_has_is_refused_before_any_work() {
    DistillSettings missing = new DistillSettings(Method.I2MD, 64, 8, 1, 0.07, 0.05, 0.1);

    Finding finding = AcceleratorCheck.losses(missing, EncoderBackend.CUDNN).orElseThrow();
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.sentence())
        .contains("distill.method = i2md", "encoder.backend = onednn to compute on the processor");
    assertThat(AcceleratorCheck.losses(missing, EncoderBackend.ONEDNN)).isEmpty();
    assertThat(AcceleratorCheck.losses(DistillSettings.PUBLISHED, EncoderBackend.CUDNN)).isEmpty();
  }
}
