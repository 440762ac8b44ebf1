package dev.armature.dataset.pku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkuDatasetTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void labelled_actions_become_sequences_split_by_the_list() throws Exception {
    Inventory inventory = part1().inventory(HADOOP);

    assertThat(inventory.recordings())
        .extracting(one -> "%s %s %d".formatted(one.id(), one.split(), one.label() + 1))
        .containsExactly(
            "0002-L_00003-00010 TRAIN 51",
            "0002-L_00010-00013 TRAIN 1",
            "0003-M_00000-00006 TEST 7");
    assertThat(inventory.recordings()).extracting(Recording::camera).containsExactly(1, 1, 2);
    assertThat(inventory.classes()).isEqualTo(51);
    assertThat(inventory.classNames()).startsWith("bow").endsWith("writing");
    assertThat(inventory.setAside()).isEmpty();
  }

  @Test
  void a_sequence_has_the_frames_from_its_start_up_to_its_end() throws Exception {
    PkuDataset dataset = part1();
    List<Recording> recordings = dataset.inventory(HADOOP).recordings();
    try (RecordingReader reader = dataset.open(HADOOP)) {
      for (Recording recording : List.of(recordings.get(1), recordings.get(0), recordings.get(2))) {
        int start = (int) recording.position();
        int frames = Integer.parseInt(recording.detail()) - start;
        boolean both = recording.id().startsWith("0003");
        float[] coordinates = new float[2 * frames * 75];
        for (int i = 0; i < coordinates.length; i++) {
          int body = i / 75 / frames;
          coordinates[i] = body == 1 && !both ? 0 : value(start + i / 75 % frames, body, i % 75);
        }
        SkeletonSequence expected =
            new Normalization(LAYOUT)
                .normalize(recording, new BodyTracks(2, frames, 25, coordinates));
        SkeletonSequence sequence = reader.read(recording);
        assertThat(sequence.frames()).isEqualTo(frames);
        assertThat(sequence.persons()).isEqualTo(both ? 2 : 1);
        assertThat(sequence.coordinates()).isEqualTo(expected.coordinates());
      }
    }
  }

  @Test
  void part_two_is_named_and_listed_otherwise() throws Exception {
    write("skeleton/A01N07-R.txt", text(20, false));
    write("label/A01N07-R.txt", "8,2,12,1\n");
    write("skeleton/A02N08-L.txt", text(20, false));
    write("label/A02N08-L.txt", "9,2,12,1\n");
    write("cross_view_v2.txt", "Training videos:\nA02N08-L\nValidation videos:\nA01N07-R\n");
    PkuDataset dataset = new PkuDataset(source(), LAYOUT, PkuPart.TWO, Protocol.XVIEW);

    Recording recording = dataset.inventory(HADOOP).recordings().get(0);
    assertThat(recording.id()).isEqualTo("A01N07-R_00002-00012");
    assertThat(recording.subject()).isEqualTo(7);
    assertThat(recording.camera()).isEqualTo(3);
    assertThat(recording.label()).as("as in part I").isEqualTo(7);
    assertThat(recording.split()).isEqualTo(Split.TEST);

    PkuDataset other = new PkuDataset(source(), LAYOUT, PkuPart.ONE, Protocol.XVIEW);
    assertRefused(
        other, "holds 4 files of the other part of PKU-MMD; prepare it with --dataset pku-mmd-2");
  }

  @Test
  void what_cannot_be_used_is_set_aside_with_its_reason() throws Exception {
    part1();
    write(
        "label/0003-M.txt", "7,0,6,2\n52,0,5,1\nwave,1,2\n7,5,5,1\n3,0,6,2\n9,90,99,1\n4,8,22,1\n");
    write("skeleton/0005-R.txt", text(20, false));
    write("skeleton/0006-R.txt", text(20, false));
    write("label/0007-R.txt", "1,2,12,1\n");
    write("skeleton/notes.txt", "hello");
    write("cross-subject.txt", "Training videos:\n0002-L\nValidataion videos: \n0003-M, 0006-R\n");
    PkuDataset dataset = new PkuDataset(source(), LAYOUT, PkuPart.ONE, Protocol.XSUB);
    Inventory inventory = dataset.inventory(HADOOP);

    assertThat(inventory.setAside())
        .extracting(one -> one.id() + " " + one.fault().label() + ": " + one.reason())
        .hasSize(8)
        .contains(
            "0003-M line 3 label: line 3 of its labels is 'wave,1,2', expected action,start,end,confidence",
            "0003-M line 4 label: line 4 of its labels has an action from frame 5 to 5, expected a later end, at most 1000000",
            "0003-M_00000-00005 label: action 52 is outside the classes 1 to 51",
            "0003-M_00000-00006 label: the same frames are labelled 7 and 3",
            "0006-R label: there are no labels of it: no 0006-R.txt",
            "0007-R unreadable: there are labels of it, but no skeletons")
        .anyMatch(one -> one.startsWith("0005-R split: ") && one.endsWith("does not name it"))
        .anyMatch(one -> one.startsWith("notes.txt name: "));
    assertThat(problems(dataset, inventory))
        .containsExactly(
            "0003-M_00090-00099 unreadable: its label is from frame 90 to 99, and the recording has 20; is the file whole?");
    // Half a second beyond the end is an annotator's slack.
    assertThat(inventory.recordings()).extracting(Recording::id).contains("0003-M_00008-00022");
  }

  @Test
  void lines_that_are_no_frames_are_named() throws Exception {
    List<String> lines = new ArrayList<>(text(20, false).lines().toList());
    lines.set(4, lines.get(4) + " 0.5");
    lines.set(12, lines.get(12).substring(0, lines.get(12).lastIndexOf(' ')));
    part1();
    write("skeleton/0002-L.txt", String.join("\n", lines));
    write("skeleton/0003-M.txt", text(20, true).replace("-0.1250000000", "nan"));
    PkuDataset dataset = new PkuDataset(source(), LAYOUT, PkuPart.ONE, Protocol.XSUB);
    assertThat(problems(dataset, dataset.inventory(HADOOP)))
        .containsExactly(
            "0002-L_00003-00010 unreadable: line 5 has 151 numbers, expected 150: 2 bodies × 25 joints × 3",
            "0002-L_00010-00013 unreadable: line 13 has 149 numbers, expected 150: 2 bodies × 25 joints × 3",
            "0003-M_00000-00006 not-finite: frame 1, body 2, joint 1 (base-of-spine) has the coordinate NaN; coordinates are finite metres");
  }

  @Test
  void a_source_that_cannot_be_used_is_refused_with_what_to_do() throws Exception {
    PkuDataset dataset = part1();
    write("cross_subject.txt", "Training videos:\n");
    assertRefused(dataset, "there are two lists for protocol xsub");
    Files.delete(folder.resolve("cross_subject.txt"));
    for (String text : List.of("0002-L", "Training videos:\n0002-L", "Training videos:\n")) {
      write("cross-subject.txt", text);
      assertThatThrownBy(() -> dataset.inventory(HADOOP)).isInstanceOf(DatasetException.class);
    }
    write("cross-subject.txt", "Training videos:\n0002-L\nValidation videos:\n0002-L");
    assertRefused(dataset, "names recording 0002-L both for training and for validation");
    write("cross-subject.txt", "Training videos:\n0102-L\nValidation videos:\n0103-L");
    assertRefused(dataset, "names none of the 2 recordings in");
    Files.delete(folder.resolve("cross-subject.txt"));
    assertRefused(
        dataset,
        "protocol xsub needs the data set's list cross-subject.txt (part II: cross_subject_v2.txt), which is not in the source");
    assertThatThrownBy(() -> new PkuDataset(source(), LAYOUT, PkuPart.ONE, Protocol.XSETUP))
        .hasMessage("pku-mmd-1 has no protocol xsetup; it has xsub and xview");
    Files.move(folder.resolve("label"), folder.resolve("actions"));
    assertRefused(dataset, "is there twice", "keep labels in a folder whose name holds 'label'");
  }

  @Property(tries = 50)
  void however_a_recording_is_cut_its_frames_stay_the_same(
      @ForAll @IntRange(min = 0, max = 17) int start,
      @ForAll @IntRange(min = 2, max = 20) int count)
      throws Exception {
    byte[] text = text(20, true).getBytes(StandardCharsets.UTF_8);
    ContinuousText recording = new ContinuousText(LAYOUT);
    recording.open(text, text.length);
    int end = Math.min(20, start + count);
    BodyTracks part = recording.cut(start, end);
    BodyTracks whole = recording.cut(0, 20);
    for (int body = 0; body < 2; body++) {
      for (int frame = 0; frame < part.frames(); frame++) {
        int at = part.offset(body, frame, 0);
        int from = whole.offset(body, start + frame, 0);
        for (int i = 0; i < 75; i++) {
          assertThat(part.coordinates()[at + i]).isEqualTo(whole.coordinates()[from + i]);
        }
      }
    }
  }

  @Property(tries = 300)
  void garbled_texts_are_read_or_set_aside_and_nothing_else(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] text = text(4, true).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3; i++) {
      text[random.nextInt(text.length)] = (byte) random.nextInt(256);
    }
    ContinuousText recording = new ContinuousText(LAYOUT);
    int length = random.nextInt(text.length + 1);
    recording.open(text, length);
    try {
      assertThat(recording.cut(0, 4).frames()).isBetween(2, 4);
    } catch (BadRecordingException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
    assertThat(LabelText.parse(text, length).actions()).isEmpty();
  }

  private static List<String> problems(PkuDataset dataset, Inventory inventory) throws IOException {
    List<String> problems = new ArrayList<>();
    try (RecordingReader reader = dataset.open(HADOOP)) {
      for (Recording recording : inventory.recordings()) {
        try {
          reader.read(recording);
        } catch (BadRecordingException bad) {
          problems.add(recording.id() + " " + bad.fault().label() + ": " + bad.getMessage());
        }
      }
    }
    return problems;
  }

  private static void assertRefused(PkuDataset dataset, String... parts) {
    assertThatThrownBy(() -> dataset.inventory(HADOOP))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(parts);
  }

  /** Two recordings as in the published folders, one with a second body. */
  private PkuDataset part1() throws IOException {
    write("skeleton/0002-L.txt", text(20, false));
    write("skeleton/0003-M.txt", text(20, true).replace("\n", "\r\n"));
    write("label/0002-L.txt", "51,3,10,2\n 1,10,13,1\n\n");
    write("label/0003-M.txt", "7,0,6,2\r\n");
    write(
        "cross-subject.txt", "Training videos: \n0002-L, 0004-R\n\nValidataion videos: \n0003-M, ");
    return new PkuDataset(source(), LAYOUT, PkuPart.ONE, Protocol.XSUB);
  }

  private String source() {
    return folder.toString();
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static float value(int frame, int body, int place) {
    return frame / 64f + body / 2f + place / 1024f - (body == 1 && place == 0 ? 0.625f : 0);
  }

  /** As the data set's files have it: a space before every number, zeros where nobody is. */
  private static String text(int frames, boolean both) {
    StringBuilder text = new StringBuilder();
    for (int frame = 0; frame < frames; frame++) {
      for (int i = 0; i < 150; i++) {
        float value = i < 75 || both ? value(frame, i / 75, i % 75) : 0;
        text.append(String.format(Locale.ROOT, " %.10f", value));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
