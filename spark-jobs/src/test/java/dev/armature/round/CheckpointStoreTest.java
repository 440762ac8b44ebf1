package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  @TempDir private Path folder;
  private CheckpointStore store;
  private final List<String> passedOver = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    // Raw: Hadoop's own checksums would recognise the damage before ours.
    FileSystem files = FileSystem.getLocal(new Configuration()).getRawFileSystem();
    store = new CheckpointStore(files, new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  private static Checkpoint checkpoint(int rounds) {
    return Checkpoints.of(rounds);
  }

  private Path file(int rounds) {
    return folder.resolve("round-%08d.safetensors".formatted(rounds));
  }

  @Test
  void a_checkpoint_comes_back_as_it_was_written() throws IOException {
    Checkpoint written = checkpoint(7);
    store.write(written);
    Checkpoint read = store.latest(passedOver::add).orElseThrow();
    assertThat(read.shape()).isEqualTo(written.shape());
    assertThat(read.modalities()).isEqualTo(written.modalities());
    assertThat(read.provenance()).isEqualTo(written.provenance());
    assertThat(read.state().rounds()).isEqualTo(7);
    assertThat(read.state().steps()).isEqualTo(49);
    assertThat(read.state().epochs()).isEqualTo(21);
    for (int m = 0; m < 2; m++) {
      assertThat(read.state().model().query().get(m).values())
          .isEqualTo(written.state().model().query().get(m).values());
      assertThat(read.state().model().key().get(m).values())
          .isEqualTo(written.state().model().key().get(m).values());
      assertThat(read.state().model().velocity().get(m).values())
          .isEqualTo(written.state().model().velocity().get(m).values());
      assertThat(read.state().queues().keys()[m]).isEqualTo(written.state().queues().keys()[m]);
    }
    assertThat(read.state().queues().enqueued()).isEqualTo(3);
    assertThat(passedOver).isEmpty();
  }

  @Test
  void queues_of_a_second_head_come_back_and_stay_with_their_modality() throws IOException {
    EncoderShape shape = new EncoderShape(6, 3, 2, 4, 2, Recurrence.LOCKSTEP);
    Checkpoint written = Checkpoints.of(7, shape);
    store.write(written);
    Checkpoint read = store.latest(passedOver::add).orElseThrow();
    float[][] keys = written.state().queues().keys();
    assertThat(read.shape()).isEqualTo(shape);
    assertThat(read.state().queues().keys()).isDeepEqualTo(keys);
    assertThat(read.of(List.of(Modality.JOINT)).state().queues().keys())
        .isDeepEqualTo(new float[][] {keys[1], keys[3]});
  }

  @Test
  void the_same_state_makes_the_same_file() throws IOException {
    store.write(checkpoint(1));
    byte[] first = Files.readAllBytes(file(1));
    store.write(checkpoint(1));
    assertThat(Files.readAllBytes(file(1))).isEqualTo(first);
  }

  @Test
  void a_checkpoint_cut_short_is_passed_over_for_the_one_before() throws IOException {
    store.write(checkpoint(10));
    store.write(checkpoint(20));
    try (RandomAccessFile file = new RandomAccessFile(file(20).toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }
    assertThat(store.latest(passedOver::add).orElseThrow().state().rounds()).isEqualTo(10);
    assertThat(passedOver).singleElement().asString().contains("round-00000020", "cut short");
  }

  @Test
  void a_checkpoint_with_one_altered_bit_is_passed_over() throws IOException {
    store.write(checkpoint(10));
    store.write(checkpoint(20));
    try (RandomAccessFile file = new RandomAccessFile(file(20).toFile(), "rw")) {
      file.seek(file.length() - 9);
      int value = file.read();
      file.seek(file.length() - 9);
      file.write(value ^ 1);
    }
    assertThat(store.latest(passedOver::add).orElseThrow().state().rounds()).isEqualTo(10);
    assertThat(passedOver).hasSize(1);
  }

  @Test
  void a_checkpoint_without_its_checksum_is_passed_over() throws IOException {
    store.write(checkpoint(10));
    store.write(checkpoint(20));
    Files.delete(folder.resolve("round-00000020.safetensors.sha256"));
    assertThat(store.latest(passedOver::add).orElseThrow().state().rounds()).isEqualTo(10);
    assertThat(passedOver).singleElement().asString().contains("checksum file");
  }

  @Test
  void a_checkpoint_whose_checksum_was_never_written_to_disk_is_passed_over() throws IOException {
    store.write(checkpoint(10));
    store.write(checkpoint(20));
    Files.write(folder.resolve("round-00000020.safetensors.sha256"), new byte[0]);
    assertThat(store.latest(passedOver::add).orElseThrow().state().rounds()).isEqualTo(10);
    assertThat(passedOver)
        .singleElement()
        .asString()
        .contains("is not whole", "round-00000020.safetensors.sha256 has 0 characters");
    assertThat(store.newestKnown()).hasValue(10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_checkpoint_of_length_zero_is_passed_over(boolean checksummed) throws IOException {
    CheckpointStore local =
        new CheckpointStore(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(folder.toUri()),
            Patiences.quick(passedOver::add));
    CheckpointStore used = checksummed ? local : store;
    used.write(checkpoint(10));
    used.write(checkpoint(20));
    Files.write(file(20), new byte[0]);
    assertThat(used.latest(passedOver::add).orElseThrow().state().rounds()).isEqualTo(10);
    assertThat(passedOver).singleElement().asString().contains("is not whole");
  }

  @Test
  void a_file_of_another_format_is_passed_over_at_once_for_it_will_not_change() throws IOException {
    CheckpointStore patient =
        new CheckpointStore(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(folder.toUri()),
            Patiences.quick(passedOver::add));
    patient.write(checkpoint(10));
    patient.write(checkpoint(20));
    Files.writeString(file(20), "of another format");
    Files.writeString(
        folder.resolve("round-00000020.safetensors.sha256"),
        DigestUtils.sha256Hex("of another format") + "  round-00000020.safetensors\n");
    assertThat(patient.latest(passedOver::add).orElseThrow().state().rounds()).isEqualTo(10);
    assertThat(passedOver).singleElement().asString().contains("not a safetensors file");
  }

  @Test
  void a_checksum_that_has_lost_its_checkpoint_is_deleted() throws IOException {
    store.write(checkpoint(10));
    Files.delete(file(10));
    store.write(checkpoint(20));
    store.keepNewest(2);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void checkpoints_of_which_none_is_whole_are_an_error_not_a_fresh_start() throws IOException {
    store.write(checkpoint(10));
    Files.write(file(10), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> store.latest(passedOver::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none of the 1 checkpoints");
  }

  @Test
  void a_half_written_checkpoint_is_not_taken_for_one() throws IOException {
    Files.write(folder.resolve(".round-00000030.safetensors.incomplete"), new byte[100]);
    assertThat(store.latest(passedOver::add)).isEmpty();
    store.write(checkpoint(31));
    store.keepNewest(3);
    assertThat(folder.resolve(".round-00000030.safetensors.incomplete")).doesNotExist();
  }

  @Test
  void only_the_newest_are_kept() throws IOException {
    for (int rounds = 1; rounds <= 4; rounds++) {
      store.write(checkpoint(rounds));
      store.keepNewest(2);
    }
    assertThat(store.rounds()).containsExactly(3, 4);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void the_checksum_is_that_of_the_usual_tool() throws IOException {
    store.write(checkpoint(1));
    String line = Files.readString(folder.resolve("round-00000001.safetensors.sha256"));
    String digest = DigestUtils.sha256Hex(Files.readAllBytes(file(1)));
    assertThat(line).isEqualTo(digest + "  round-00000001.safetensors\n");
  }
}
