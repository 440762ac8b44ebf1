package dev.armature.dataset.pyskl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files come from {@code oracle/skeleton_files.py}. */
class PysklDatasetTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");
  private static final Configuration HADOOP = new Configuration();
  private static final int[][] SHAPES = {{2, 8}, {1, 6}, {2, 5}, {1, 40}, {2, 6}, {3, 5}};

  @ParameterizedTest
  @ValueSource(
      strings = {"protocol2.pkl", "protocol3.pkl", "protocol4.pkl", "protocol5.pkl", "numpy2.pkl"})
  void numbers_of_every_type_and_order_are_those_that_numpy_wrote(String name) throws Exception {
    PysklDataset dataset = dataset(name);
    Inventory inventory = dataset.inventory(HADOOP);
    assertThat(inventory.setAside()).isEmpty();
    List<Recording> recordings = inventory.recordings();
    try (RecordingReader reader = dataset.open(HADOOP)) {
      for (int i = 0; i < SHAPES.length; i++) {
        SkeletonSequence expected =
            new Normalization(LAYOUT).normalize(recordings.get(i), tracks(i));
        SkeletonSequence sequence = reader.read(recordings.get(i));
        assertThat(sequence.frames()).isEqualTo(SHAPES[i][1]);
        assertThat(sequence.coordinates()).as("sequence %d", i).isEqualTo(expected.coordinates());
      }
    }
  }

  @Test
  void annotations_are_listed_in_their_order_with_what_their_names_say() throws Exception {
    Inventory inventory = dataset("protocol4.pkl").inventory(HADOOP);

    assertThat(inventory.recordings()).extracting(Recording::id).startsWith("S001C001P001R001A001");
    assertThat(inventory.recordings())
        .extracting(Recording::label)
        .containsExactly(0, 1, 2, 3, 0, 1);
    assertThat(inventory.recordings())
        .extracting(Recording::split)
        .containsExactly(
            Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.TEST, Split.TEST);
    assertThat(inventory.recordings().get(1).camera()).isEqualTo(2);
    assertThat(inventory.classes()).isEqualTo(4);
    assertThat(inventory.classNames()).startsWith("drink water").hasSize(4);
  }

  @Test
  void splits_are_those_of_the_protocol_else_train_and_val_else_those_that_are_named()
      throws Exception {
    assertThat(splits(Protocol.XVIEW, List.of())).containsOnly(Split.TRAIN, Split.TEST);
    assertThat(splits(Protocol.XVIEW, List.of()).get(0)).isEqualTo(Split.TEST);
    assertThat(splits(Protocol.XSUB, List.of("val", "train")).get(0)).isEqualTo(Split.TRAIN);
    assertThatThrownBy(() -> splits(Protocol.XSUB, List.of("train1", "test1")))
        .hasMessageEndingWith(
            "has no splits train1 and test1; it has [other, train, val, xsub_train, xsub_val]: choose two with --splits TRAIN,TEST");
    PysklDataset both =
        new PysklDataset(path("protocol4.pkl"), null, Protocol.XSUB, List.of("train", "other"));
    assertThat(both.inventory(HADOOP).setAside())
        .extracting(SetAside::reason)
        .containsOnly("it is both in the training and in the test split")
        .hasSize(2);
  }

  @Test
  void joints_of_an_image_are_centred_in_it_and_not_turned() throws Exception {
    PysklDataset dataset = dataset("image.pkl");
    Inventory inventory = dataset.inventory(HADOOP);
    SkeletonLayout coco = inventory.layout();
    assertThat(coco.name()).isEqualTo("coco-17");
    try (RecordingReader reader = dataset.open(HADOOP)) {
      SkeletonSequence sequence = reader.read(inventory.recordings().get(0));
      assertThat(sequence.persons()).isEqualTo(2);
      float[] all = sequence.coordinates();
      for (int frame = 0; frame < 6; frame++) {
        int centre = sequence.offset(frame, 0, coco.centre());
        assertThat(new float[] {all[centre], all[centre + 1], all[centre + 2]})
            .containsExactly(0, 0, 0);
        for (int joint = 0; joint < 17; joint++) {
          int at = sequence.offset(frame, 0, joint);
          assertThat(all[at + 1]).as("depth").isZero();
          boolean unseen = frame == 2 && joint == 5;
          // A joint's x and y grow by some 16 pixels each; half the image is 540 high, y is down.
          float expected = unseen ? 0 : (joint - coco.centre()) * (16 + 100f / 2048f) / 540f;
          assertThat(all[at]).isCloseTo(expected, offset(1e-3f));
          assertThat(all[at + 2]).isCloseTo(-expected, offset(1e-3f));
        }
      }
    }
  }

  @Test
  void what_cannot_be_used_is_set_aside_with_its_reason() throws Exception {
    PysklDataset dataset = dataset("wrong.pkl");
    Inventory inventory = dataset.inventory(HADOOP);
    assertThat(inventory.setAside())
        .extracting(one -> one.id() + " " + one.fault().label() + ": " + one.reason())
        .containsExactly(
            "S001C001P001R001A004 unreadable: its total_frames is 9, its keypoints have 6 frames",
            "S001C002P001R001A001 label: its label is -1, expected 0 to 9999",
            "S001C003P001R001A003 joints: it has 17 joints where layout 'kinect-v2' has 25",
            "annotation-00000010 unreadable: it is no dictionary",
            "elsewhere split: it is neither in the training nor in the test split",
            "in-a-file unreadable: its keypoints lie in another file (raw_file), as those of Kinetics do, and such files are not read",
            "no-image unreadable: its keypoints lie in an image, and it has no img_shape, the image's height and width");
    List<String> reasons = new ArrayList<>();
    try (RecordingReader reader = dataset.open(HADOOP)) {
      for (Recording recording : inventory.recordings()) {
        try {
          reader.read(recording);
        } catch (BadRecordingException bad) {
          reasons.add(recording.id() + " " + bad.fault().label() + ": " + bad.getMessage());
        }
      }
    }
    assertThat(reasons)
        .containsExactly(
            "S001C002P001R001A002 not-finite: frame 4, body 1, joint 5 (left-shoulder) has the coordinate NaN; coordinates are finite metres",
            "single too-short: it has 1 frame; an action needs at least 2",
            "whole unreadable: its array has numbers of type i4, expected float16, float32 or float64");
  }

  @Test
  void a_file_that_is_no_such_pickle_is_refused_with_what_to_do() throws Exception {
    assertThatThrownBy(() -> dataset("list.pkl").inventory(HADOOP))
        .hasMessageContaining("is a list of annotations without splits; pickle {'split'");
    assertThatThrownBy(() -> dataset("hostile.pkl").inventory(HADOOP))
        .hasMessageContaining("hostile.pkl cannot be read: it names posix.system");
    assertThatThrownBy(() -> dataset("absent.pkl").inventory(HADOOP))
        .hasMessageEndingWith(
            "absent.pkl is not there or is a folder; give the pickle of annotations");
    SkeletonLayout twenty = SkeletonLayouts.named("kinect-v1");
    assertThat(
            new PysklDataset(path("protocol4.pkl"), twenty, Protocol.XSUB, List.of())
                .inventory(HADOOP)
                .setAside())
        .extracting(SetAside::reason)
        .hasSize(6)
        .containsOnly("it has 25 joints where layout 'kinect-v1' has 20");
  }

  private List<Split> splits(Protocol protocol, List<String> named) throws Exception {
    return new PysklDataset(path("protocol4.pkl"), null, protocol, named)
        .inventory(HADOOP).recordings().stream().map(Recording::split).toList();
  }

  /** What the script's formula gives; what a float16 keeps of it is in a file. */
  private static BodyTracks tracks(int sequence) throws Exception {
    int persons = SHAPES[sequence][0];
    int frames = SHAPES[sequence][1];
    float[] coordinates = new float[persons * frames * 75];
    ByteBuffer half =
        ByteBuffer.wrap(Files.readAllBytes(resources().resolve("half.npy")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int start = half.capacity() - 2 * 8 * 75 * Float.BYTES;
    int step = sequence == 4 ? 2 : 1;
    for (int i = 0; i < coordinates.length; i++) {
      int person = i / 75 / frames;
      int frame = i / 75 % frames * step;
      int joint = i / 3 % 25;
      int axis = i % 3;
      double value = sequence + 1 + person / 2.0 + frame / 64.0 + joint / 2048.0 + axis / 8.0;
      coordinates[i] = sequence == 0 ? half.getFloat(start + 4 * i) : (float) value;
    }
    return new BodyTracks(persons, frames, 25, coordinates);
  }

  private PysklDataset dataset(String name) throws URISyntaxException {
    return new PysklDataset(path(name), null, Protocol.XSUB, List.of());
  }

  private static String path(String name) throws URISyntaxException {
    return resources().resolve(name).toString();
  }

  private static Path resources() throws URISyntaxException {
    return Path.of(PysklDatasetTest.class.getResource("/pyskl").toURI());
  }
}
