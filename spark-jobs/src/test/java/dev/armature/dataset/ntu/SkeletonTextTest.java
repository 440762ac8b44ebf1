package dev.armature.dataset.ntu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SkeletonTextTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");

  @Property(tries = 30)
  void what_the_writer_writes_is_read_back_exactly(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int bodies,
      @ForAll @IntRange(min = 2, max = 6) int frames)
      throws BadRecordingException {
    BodyTracks tracks = random(seed, bodies, frames);
    BodyTracks read = parse(text(tracks));
    assertThat(read.bodies()).isEqualTo(bodies);
    assertThat(read.frames()).isEqualTo(frames);
    assertThat(read.coordinates()).isEqualTo(tracks.coordinates());
  }

  @Test
  void bodies_that_come_and_go_are_told_apart_by_their_place_in_the_frame()
      throws BadRecordingException {
    BodyTracks tracks = random(1, 2, 3);
    Arrays.fill(tracks.coordinates(), tracks.offset(0, 1, 0), tracks.offset(0, 2, 0), 0);
    Arrays.fill(tracks.coordinates(), tracks.offset(0, 2, 0), tracks.offset(1, 0, 0), 0);
    Arrays.fill(tracks.coordinates(), tracks.offset(1, 2, 0), tracks.coordinates().length, 0);
    BodyTracks read = parse(text(tracks));

    // In the second frame the only body left comes first; in the third there is none.
    assertThat(read.coordinates()[read.offset(0, 1, 7)])
        .isEqualTo(tracks.coordinates()[tracks.offset(1, 1, 7)]);
    assertThat(read.seen(1, 1)).isFalse();
    assertThat(read.seen(0, 2)).isFalse();
  }

  @Test
  void of_six_bodies_the_first_four_are_read() throws BadRecordingException {
    assertThat(parse(text(random(2, 6, 2))).bodies()).isEqualTo(4);
  }

  @Test
  void a_recording_is_cut_after_300_frames_but_read_to_its_end() throws BadRecordingException {
    assertThat(parse(text(random(3, 1, 310))).frames()).isEqualTo(300);
  }

  @Test
  void a_text_cut_anywhere_is_refused() {
    String whole = text(random(4, 1, 3)).stripTrailing();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200; i++) {
      // The last field is one digit: cutting all of it leaves eleven fields.
      String cut = whole.substring(0, random.nextInt(whole.length() - 1));
      assertThatThrownBy(() -> parse(cut)).isInstanceOf(BadRecordingException.class);
    }
  }

  @Test
  void a_text_cut_between_lines_names_the_line_and_what_is_missing() {
    String[] lines = text(random(6, 1, 2)).split("\r\n", -1);
    String cut = String.join("\r\n", Arrays.copyOf(lines, 10));
    assertThatThrownBy(() -> parse(cut))
        .hasMessage("line 10: the file ends where a joint is expected; it is cut short");
  }

  @Test
  void a_text_cut_within_a_line_names_the_line() {
    String[] lines = text(random(7, 1, 2)).split("\r\n", -1);
    String cut = String.join("\n", Arrays.copyOf(lines, 9)) + "\n0.1 0.2 0.3 4";
    assertThatThrownBy(() -> parse(cut)).hasMessage("line 10: a joint has 4 fields, expected 12");
  }

  @Test
  void garbage_is_refused_with_its_line() {
    assertThatThrownBy(() -> parse("PK\u0003\u0004 zip"))
        .hasMessage(
            "line 1: found 'PK?? zip' where the number of frames (0 to 108000) is expected");
    assertThatThrownBy(() -> parse("2\n77\n"))
        .hasMessage(
            "line 2: found '77' where the number of bodies of frame 1 (0 to 6) is expected");
    assertThatThrownBy(() -> parse(text(random(8, 1, 2)) + "12 13"))
        .hasMessage("line 58: there is more text after the last of 2 frames");
    assertThatThrownBy(() -> parse(""))
        .hasMessage(
            "line 1: the file ends where the number of frames is expected; it is cut short");
  }

  @Test
  void another_number_of_joints_is_refused() {
    String seventeen = text(random(9, 1, 2)).replace("\r\n25\r\n", "\r\n17\r\n");
    assertThatThrownBy(() -> parse(seventeen))
        .hasMessage("it has 17 joints where layout 'kinect-v2' has 25");
  }

  @Test
  void a_coordinate_that_is_not_finite_names_frame_body_and_joint() {
    BodyTracks tracks = random(10, 2, 3);
    tracks.coordinates()[tracks.offset(1, 2, 3) + 2] = Float.NaN;
    assertThatThrownBy(() -> parse(text(tracks)))
        .hasMessage(
            "frame 3, body 2, joint 4 (head) has the coordinate NaN; coordinates are finite metres");
  }

  @Test
  void one_frame_is_too_short() {
    assertThatThrownBy(() -> parse(text(random(11, 1, 1))))
        .hasMessage("it has 1 frame; an action needs at least 2");
  }

  private static BodyTracks parse(String text) throws BadRecordingException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    // Longer than the text, as a buffer that is used again would be.
    return new SkeletonText(LAYOUT).parse(Arrays.copyOf(bytes, bytes.length + 9), bytes.length);
  }

  private static String text(BodyTracks tracks) {
    return new String(SkeletonTextWriter.write(tracks), StandardCharsets.US_ASCII);
  }

  private static BodyTracks random(long seed, int bodies, int frames) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] coordinates = new float[bodies * frames * 25 * 3];
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = (float) random.nextDouble(-3, 4);
    }
    return new BodyTracks(bodies, frames, 25, coordinates);
  }
}
