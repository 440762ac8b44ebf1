package dev.armature.dataset.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.Inventory;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files come from {@code oracle/numpy_layout.py}. */
class NumpyDatasetTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void the_published_layout_is_listed_in_its_order_with_names_splits_and_labels() throws Exception {
    Inventory inventory = good().inventory(HADOOP);

    assertThat(inventory.recordings())
        .extracting(Recording::id)
        .containsExactly(
            "S001C002P003R002A004",
            "S001C001P001R001A001",
            "S003C001P001R001A002",
            "test-00000000",
            "test-00000001");
    Recording first = inventory.recordings().get(0);
    assertThat(first.label()).isEqualTo(3);
    assertThat(first.subject()).isEqualTo(3);
    assertThat(first.camera()).isEqualTo(2);
    assertThat(first.setup()).isEqualTo(1);
    assertThat(first.split()).isEqualTo(Split.TRAIN);
    assertThat(inventory.recordings().get(3).split()).isEqualTo(Split.TEST);
    assertThat(inventory.classes()).isEqualTo(4);
  }

  @Test
  void coordinates_are_taken_as_they_are() throws Exception {
    NumpyDataset dataset = good();
    List<Recording> recordings = dataset.inventory(HADOOP).recordings();
    try (RecordingReader reader = dataset.open(HADOOP)) {
      for (int at : new int[] {0, 3}) {
        SkeletonSequence sequence = reader.read(recordings.get(at));
        assertThat(sequence.persons()).isEqualTo(2);
        assertThat(sequence.frames()).isEqualTo(at == 0 ? 6 : 5);
        for (int frame = 0; frame < sequence.frames(); frame++) {
          for (int person = 0; person < 2; person++) {
            for (int joint = 0; joint < 25; joint++) {
              for (int axis = 0; axis < 3; axis++) {
                assertThat(sequence.coordinates()[sequence.offset(frame, person, joint) + axis])
                    .isEqualTo(value(1, axis, frame, joint, person));
              }
            }
          }
        }
      }
    }
  }

  @Test
  void an_empty_second_person_and_frames_beyond_the_sequences_own_are_left_out() throws Exception {
    NumpyDataset dataset = good();
    Recording recording = dataset.inventory(HADOOP).recordings().get(1);
    try (RecordingReader reader = dataset.open(HADOOP)) {
      SkeletonSequence sequence = reader.read(recording);
      assertThat(sequence.persons()).isEqualTo(1);
      assertThat(sequence.frames()).isEqualTo(4);
      assertThat(sequence.coordinates()[sequence.offset(3, 0, 24) + 2])
          .isEqualTo(value(2, 2, 3, 24, 0));
    }
  }

  @Test
  void bad_sequences_are_named() throws Exception {
    NumpyDataset dataset = good();
    List<Recording> recordings = dataset.inventory(HADOOP).recordings();
    try (RecordingReader reader = dataset.open(HADOOP)) {
      assertThatThrownBy(() -> reader.read(recordings.get(2)))
          .hasMessage(
              "frame 4, body 1, joint 5 (left-shoulder) has the coordinate NaN; coordinates are finite metres");
      assertThatThrownBy(() -> reader.read(recordings.get(4)))
          .hasMessage("it has 1 frame; an action needs at least 2");
    }
  }

  @Test
  void arrays_that_are_not_read_are_refused_with_what_to_do() throws Exception {
    assertThatThrownBy(() -> open("fortran.npy"))
        .hasMessageEndingWith(
            "fortran.npy is in Fortran order; save it with numpy.save(file, numpy.ascontiguousarray(array))");
    assertThatThrownBy(() -> open("bigendian.npy"))
        .hasMessageEndingWith(
            "bigendian.npy holds numbers of type '>f4'; save it as little-endian float32, float64 or integers");
    assertThatThrownBy(() -> open("joints17.npy"))
        .hasMessageEndingWith(
            "joints17.npy has 17 joints where layout 'kinect-v2' has 25; give the layout that it was made with");
    assertThatThrownBy(() -> open("good/val_label.npy"))
        .hasMessageEndingWith(
            "holds an array of type '<i8' and shape [2], expected floats, sequences × 3 × frames × joints × persons");
    assertThatThrownBy(() -> open("good/train_label.pkl"))
        .hasMessageEndingWith("train_label.pkl is no .npy file; save it with numpy.save");
    assertThatThrownBy(() -> open("absent.npy")).hasMessageEndingWith("absent.npy is not there");
  }

  @Test
  void a_file_cut_short_is_refused_with_both_lengths() throws Exception {
    byte[] whole = Files.readAllBytes(resources().resolve("good/val_data_joint.npy"));
    Path cut = folder.resolve("cut.npy");
    Files.write(cut, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> JointArray.open(hadoop(cut), LAYOUT, HADOOP))
        .hasMessageEndingWith(
            "cut.npy is cut short: it has %d bytes, its header announces %d"
                .formatted(whole.length - 1, whole.length));
  }

  @Test
  void labels_come_from_plain_pickles_only() throws Exception {
    Files.copy(resources().resolve("protocol4_label.pkl"), folder.resolve("train_label.pkl"));
    LabelFile labels = LabelFile.read(hadoop(folder), "train", HADOOP);
    assertThat(labels.names()).containsExactly("a", "b");
    assertThat(labels.labels()).containsExactly(1, 0);

    for (String foreign : List.of("foreign_label.pkl", "foreign4_label.pkl")) {
      Files.copy(resources().resolve(foreign), folder.resolve("val_label.pkl"));
      assertThatThrownBy(() -> LabelFile.read(hadoop(folder), "val", HADOOP))
          .hasMessageEndingWith(
              "val_label.pkl cannot be read: it holds a numpy.core.multiarray._reconstruct; pickle a pair of plain lists, (names, labels)");
      Files.delete(folder.resolve("val_label.pkl"));
    }
    assertThatThrownBy(() -> LabelFile.read(hadoop(folder), "val", HADOOP))
        .hasMessageStartingWith("neither ")
        .hasMessageEndingWith("val_label.npy is there");
  }

  @Test
  void a_garbled_pickle_is_refused() throws Exception {
    Path file = folder.resolve("train_label.pkl");
    Files.write(file, new byte[] {(byte) 0x80, 2, 0x52, 1, 2, 3}, StandardOpenOption.CREATE);
    assertThatThrownBy(() -> LabelFile.read(hadoop(folder), "train", HADOOP))
        .hasMessageContaining("train_label.pkl");
  }

  @Test
  void files_of_different_data_sets_are_refused() throws Exception {
    for (String name : List.of("train_data_joint.npy", "train_num_frame.npy", "train_label.pkl")) {
      Files.copy(resources().resolve("good").resolve(name), folder.resolve(name));
    }
    Files.copy(
        resources().resolve("good/val_num_frame.npy"),
        folder.resolve("train_num_frame.npy"),
        StandardCopyOption.REPLACE_EXISTING);
    NumpyDataset dataset = new NumpyDataset(folder.toUri().toString(), LAYOUT);
    assertThatThrownBy(() -> dataset.inventory(HADOOP))
        .hasMessageContaining("train_data_joint.npy has 3 sequences, ")
        .hasMessageEndingWith("train_num_frame.npy has 2; they are not of the same data set");
  }

  private static float value(int sequence, int axis, int frame, int joint, int person) {
    return sequence + axis / 8f + frame / 128f + joint / 4096f + person / 8192f;
  }

  private static NumpyDataset good() throws URISyntaxException {
    return new NumpyDataset(resources().resolve("good").toUri().toString(), LAYOUT);
  }

  private static JointArray open(String file) throws IOException, URISyntaxException {
    return JointArray.open(hadoop(resources().resolve(file)), LAYOUT, HADOOP);
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private static Path resources() throws URISyntaxException {
    return Path.of(NumpyDatasetTest.class.getResource("/numpy").toURI());
  }
}
