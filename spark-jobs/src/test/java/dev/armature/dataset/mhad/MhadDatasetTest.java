package dev.armature.dataset.mhad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.dataset.SplitRule;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

class MhadDatasetTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v1");
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void a_matrix_of_joints_by_axes_by_frames_is_read() throws Exception {
    byte[] file = mat("d_skel", 20, 3, 4);
    BodyTracks tracks =
        new SkeletonMat(LAYOUT).parse(Arrays.copyOf(file, 2 * file.length), file.length);

    assertThat(tracks.frames()).isEqualTo(4);
    assertThat(tracks.coordinates()[tracks.offset(0, 3, 7) + 2]).isEqualTo(value(7, 2, 3));
    assertThat(tracks.coordinates()[tracks.offset(0, 0, 19)]).isEqualTo(value(19, 0, 0));
  }

  @Test
  void files_that_cannot_be_used_are_refused_with_the_reason() throws Exception {
    SkeletonMat mat = new SkeletonMat(LAYOUT);
    byte[] whole = mat("d_skel", 20, 3, 4);
    assertThatThrownBy(() -> mat.parse(whole, whole.length - 50))
        .isInstanceOf(BadRecordingException.class)
        .hasMessageStartingWith("it is no whole MATLAB v5 file");
    assertThatThrownBy(() -> mat.parse("no matlab at all".getBytes(StandardCharsets.UTF_8), 16))
        .hasMessageStartingWith("it is no whole MATLAB v5 file");
    assertThatThrownBy(() -> parse(mat("skeleton", 20, 3, 4)))
        .hasMessage("it has no matrix named d_skel");
    assertThatThrownBy(() -> parse(mat("d_skel", 17, 3, 4)))
        .hasMessage("it has 17 joints where layout 'kinect-v1' has 20");
    assertThatThrownBy(() -> parse(mat("d_skel", 20, 4, 4)))
        .hasMessage("d_skel has the shape [20, 4, 4], expected joints × 3 × frames");
  }

  @Test
  void names_tell_action_and_subject_and_others_are_set_aside() throws IOException {
    for (String name :
        new String[] {"a10_s3_t2_skeleton.mat", "a28_s1_t1_skeleton.mat", "a1_inertial.mat"}) {
      Files.createFile(folder.resolve(name));
    }
    Inventory inventory = dataset(folder).inventory(HADOOP);

    assertThat(inventory.recordings()).hasSize(1);
    Recording recording = inventory.recordings().get(0);
    assertThat(recording.id()).isEqualTo("a10_s3_t2");
    assertThat(recording.label()).isEqualTo(9);
    assertThat(recording.subject()).isEqualTo(3);
    assertThat(recording.split()).isEqualTo(Split.TRAIN);
    assertThat(inventory.setAside())
        .extracting(SetAside::fault)
        .containsExactly(Fault.NAME, Fault.LABEL);
    assertThat(inventory.setAside().get(1).reason())
        .isEqualTo("action 28 is outside the classes 1 to 27");
  }

  @Test
  void a_source_without_files_is_refused() {
    assertThatThrownBy(() -> dataset(folder).inventory(HADOOP))
        .hasMessageEndingWith(
            "holds no file whose name ends in .mat; give the folder of the raw data set");
    assertThatThrownBy(() -> dataset(folder.resolve("absent")).inventory(HADOOP))
        .hasMessageEndingWith("absent is not there; check the source");
  }

  @Test
  void the_real_data_set_has_431_training_and_430_test_sequences_that_stand_upright()
      throws Exception {
    Optional<Path> real = shared("data/utd-mhad");
    Assumptions.assumeTrue(real.isPresent(), "UTD-MHAD is not on this machine");
    MhadDataset dataset = dataset(real.get());
    Inventory inventory = dataset.inventory(HADOOP);

    assertThat(inventory.recordings()).hasSize(861);
    assertThat(inventory.recordings().stream().filter(r -> r.split() == Split.TRAIN)).hasSize(431);
    try (RecordingReader reader = dataset.open(HADOOP)) {
      for (int i = 0; i < inventory.recordings().size(); i += 20) {
        SkeletonSequence sequence = reader.read(inventory.recordings().get(i));
        float[] x = sequence.coordinates();
        int head = sequence.offset(0, 0, 0);
        int leftFoot = sequence.offset(0, 0, 15);
        assertThat(x[head + 2] - x[leftFoot + 2]).isCloseTo(1.5f, within(0.4f));
        assertThat(x[sequence.offset(0, 0, 8)]).isGreaterThan(x[sequence.offset(0, 0, 4)]);
      }
    }
  }

  private static BodyTracks parse(byte[] file) throws BadRecordingException {
    return new SkeletonMat(LAYOUT).parse(file, file.length);
  }

  private static float value(int joint, int axis, int frame) {
    return joint + axis / 4f + frame / 64f;
  }

  private byte[] mat(String variable, int joints, int axes, int frames) throws IOException {
    Matrix matrix = Mat5.newMatrix(new int[] {joints, axes, frames});
    for (int joint = 0; joint < joints; joint++) {
      for (int axis = 0; axis < axes; axis++) {
        for (int frame = 0; frame < frames; frame++) {
          matrix.setDouble(new int[] {joint, axis, frame}, value(joint, axis, frame));
        }
      }
    }
    Path file = folder.resolve("made.mat");
    try (Sink sink = Sinks.newStreamingFile(file.toFile())) {
      Mat5.newMatFile().addArray(variable, matrix).writeTo(sink);
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private static MhadDataset dataset(Path source) {
    return new MhadDataset(source.toUri().toString(), LAYOUT, SplitRule.utdMhad(Protocol.XSUB));
  }

  private static Optional<Path> shared(String path) {
    return Stream.iterate(Path.of("").toAbsolutePath(), at -> at != null, Path::getParent)
        .map(at -> at.resolve("shared").resolve(path))
        .filter(Files::isDirectory)
        .findFirst();
  }
}
