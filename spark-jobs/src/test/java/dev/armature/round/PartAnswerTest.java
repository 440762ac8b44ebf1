package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;

class PartAnswerTest {
  private static final Path FOLDER = new Path("hdfs://nowhere/checkpoints");
  private static final CarriedPart PART = new CarriedPart(CarriedPart.name(3, 1), "0".repeat(64));

  private static PartAnswer refused(IOException refusal) {
    return PartAnswer.of(
        FOLDER,
        () -> {
          throw refusal;
        });
  }

  @Test
  void a_part_that_could_be_written_is_the_answer() throws IOException {
    assertThat(PartAnswer.of(FOLDER, () -> PART).require()).isEqualTo(PART);
  }

  @Test
  void a_part_is_never_a_file_of_another_folder() {
    for (String name : List.of("../../etc/passwd", "s3a://elsewhere/x", "part", "")) {
      assertThatThrownBy(() -> new CarriedPart(name, "0".repeat(64)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + name + "'");
    }
    assertThatThrownBy(() -> new CarriedPart(CarriedPart.name(3, 1), "0"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_driver_knows_whether_waiting_heals_a_refusal() {
    assertThatThrownBy(() -> refused(new IOException("Name node is in safe mode")).require())
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Name node is in safe mode");
    assertThatThrownBy(() -> refused(new AccessControlException("Permission denied")).require())
        .isInstanceOf(LastingRefusalException.class)
        .hasMessage("Permission denied");
    assertThatThrownBy(() -> refused(new NotWholeException("cut short")).require())
        .isInstanceOf(NotWholeException.class)
        .hasMessage("cut short");
  }
}
