package dev.armature.dataset.ucla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.Split;
import dev.armature.dataset.SplitRule;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UclaDatasetTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v1-sdk");
  private static final Configuration HADOOP = new Configuration();
  private static final Recording RECORDING =
      new Recording("a08_s01_e02_v03", "here", 0, 0, 6, 1, 3, 0, Split.TEST, "8");

  @TempDir Path folder;

  @Test
  void files_are_listed_by_their_names_and_split_by_camera() throws Exception {
    write("a12_s01_e00_v01.json", json("a12_s01_e00_v01", 10, 3, 20));
    write("a08_s10_e03_v03.json", json("a08_s10_e03_v03", 7, 3, 20));
    write("a07_s10_e03_v03.json", "{}");
    write("list.json", "{}");
    Inventory inventory = dataset().inventory(HADOOP);

    assertThat(inventory.recordings())
        .extracting(one -> "%s %d %s".formatted(one.id(), one.label(), one.split()))
        .containsExactly("a08_s10_e03_v03 6 TEST", "a12_s01_e00_v01 9 TRAIN");
    assertThat(inventory.classNames()).hasSize(10).contains("donning", "carry");
    assertThat(inventory.setAside())
        .extracting(one -> one.id() + " " + one.reason())
        .contains("a07_s10_e03_v03 action 7 is not among [1, 2, 3, 4, 5, 6, 8, 9, 11, 12]")
        .hasSize(2);
    assertThatThrownBy(() -> SplitRule.nwUcla(Protocol.XSUB))
        .hasMessage("nw-ucla has no protocol xsub; it has xview only");
  }

  @Test
  void skeletons_are_normalized_with_the_joints_of_their_order() throws Exception {
    write("a12_s01_e00_v01.json", json("a12_s01_e00_v01", 10, 3, 20));
    Recording recording = dataset().inventory(HADOOP).recordings().get(0);
    float[] coordinates = new float[3 * 60];
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = value(i / 60, i / 3 % 20, i % 3);
    }
    try (RecordingReader reader = dataset().open(HADOOP)) {
      assertThat(reader.read(recording).coordinates())
          .isEqualTo(
              new Normalization(LAYOUT)
                  .normalize(recording, new BodyTracks(1, 3, 20, coordinates))
                  .coordinates());
    }
  }

  @Test
  void a_file_that_does_not_fit_its_name_or_layout_is_named() {
    assertBad(
        json("a08_s01_e02_v02", 7, 3, 20), "its file_name is 'a08_s01_e02_v02'; is it another");
    assertBad(
        json("a08_s01_e02_v03", 9, 3, 20),
        "its label is 9; by its name it is action 8, the 7. of the classes");
    assertBad(
        json("a08_s01_e02_v03", 7, 3, 25), "it has 25 joints where layout 'kinect-v1-sdk' has 20");
    assertBad(json("a08_s01_e02_v03", 7, 1, 20), "it has 1 frame; an action needs at least 2");
    assertBad("{\"skeletons\": 3}", "it has no array 'skeletons' of frames × joints × 3");
    assertBad("[1, 2]", "it holds no JSON object with 'skeletons'");
    assertBad(
        json("a08_s01_e02_v03", 7, 3, 20).replaceFirst("\\[\\[\\[[^,]*", "[[[\"x\""),
        "is no x, y and z");
  }

  @Test
  void both_ways_to_number_the_label_are_taken_and_none_too() throws Exception {
    for (String label : new String[] {"7", "8"}) {
      assertThat(
              parse(json("a08_s01_e02_v03", 7, 3, 20).replace(": 7}", ": " + label + "}")).frames())
          .isEqualTo(3);
    }
    assertThat(parse(json("a08_s01_e02_v03", 7, 3, 20).replace(", \"label\": 7", "")).frames())
        .isEqualTo(3);
  }

  @Test
  void numbers_that_python_writes_and_json_does_not_know_are_found_later() throws Exception {
    BodyTracks tracks =
        parse(json("a08_s01_e02_v03", 7, 3, 20).replaceFirst("\\[\\[\\[[^,]*", "[[[NaN"));
    assertThatThrownBy(() -> new Normalization(LAYOUT).normalize(RECORDING, tracks))
        .hasMessageContaining("has the coordinate NaN");
  }

  @Test
  void a_file_cut_short_anywhere_is_set_aside() {
    byte[] whole = json("a08_s01_e02_v03", 7, 2, 20).getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < whole.length; length += 7) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> new SkeletonJson(LAYOUT).parse(cut, cut.length, RECORDING))
          .isInstanceOf(BadRecordingException.class);
    }
  }

  private static void assertBad(String text, String part) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(BadRecordingException.class)
        .hasMessageContaining(part);
  }

  private static BodyTracks parse(String text) throws BadRecordingException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new SkeletonJson(LAYOUT).parse(bytes, bytes.length, RECORDING);
  }

  private UclaDataset dataset() {
    return new UclaDataset(folder.toString(), LAYOUT, SplitRule.nwUcla(Protocol.XVIEW));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static float value(int frame, int joint, int axis) {
    return 0.25f * frame + 0.5f * (joint % 3) + joint / 32f + axis;
  }

  private static String json(String name, int label, int frames, int joints) {
    StringJoiner all = new StringJoiner(", ", "[", "]");
    for (int frame = 0; frame < frames; frame++) {
      StringJoiner body = new StringJoiner(", ", "[", "]");
      for (int joint = 0; joint < joints; joint++) {
        body.add(
            "[%s, %s, %s]"
                .formatted(value(frame, joint, 0), value(frame, joint, 1), value(frame, joint, 2)));
      }
      all.add(body.toString());
    }
    return "{\"file_name\": \"%s\", \"skeletons\": %s, \"label\": %d}".formatted(name, all, label);
  }
}
