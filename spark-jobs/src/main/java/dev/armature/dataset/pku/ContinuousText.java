package dev.armature.dataset.pku;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.TrackChecks;
import dev.armature.dataset.text.TextCursor;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.Arrays;

/**
 * A continuous recording: a line a frame with x, y and z of every joint of the first body, then of
 * the second, which is all zero where there is none. Only lines that are asked for are parsed. Not
 * thread-safe.
 */
final class ContinuousText {
  private static final int BODIES = SkeletonSequence.MAX_PERSONS;

  /**
   * By how many frames a label may reach beyond the recording: half a second, an annotator's slack.
   * The published preprocessing cuts off any number.
   */
  private static final int SLACK = 15;

  private final TextCursor cursor = new TextCursor();
  private final int joints;
  private byte[] text = {};
  private int length;
  private int frames;
  private int[] starts = new int[1 << 13];
  private int[] lines = new int[1 << 13];

  ContinuousText(SkeletonLayout layout) {
    this.joints = layout.joints().size();
  }

  /** Takes a file and finds its lines; the buffer must stay as it is until the next one. */
  void open(byte[] buffer, int count) {
    text = buffer;
    length = count;
    frames = 0;
    int line = 1;
    int start = 0;
    boolean blank = true;
    for (int at = 0; at <= length; at++) {
      int c = at < length ? text[at] : '\n';
      if (c == '\n') {
        if (!blank) {
          add(start, line);
        }
        line++;
        start = at + 1;
        blank = true;
      } else if (c > ' ' || c < 0) {
        blank = false;
      }
    }
  }

  private void add(int start, int line) {
    if (frames == starts.length) {
      starts = Arrays.copyOf(starts, 2 * frames);
      lines = Arrays.copyOf(lines, 2 * frames);
    }
    starts[frames] = start;
    lines[frames++] = line;
  }

  /**
   * Cuts one action out.
   *
   * @param start its first frame, from 0
   * @param end the frame after its last one
   * @return both bodies, at most 300 frames
   * @throws BadRecordingException if the recording does not have these frames, or a line has
   *     another number of fields
   */
  BodyTracks cut(int start, int end) throws BadRecordingException {
    if (end > frames + SLACK || start >= frames) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "its label is from frame %d to %d, and the recording has %d; is the file whole?"
              .formatted(start, end, frames));
    }
    int labelled = Math.min(end, frames) - start;
    TrackChecks.checkFrames(labelled);
    int count = Math.min(labelled, SkeletonSequence.MAX_FRAMES);
    int size = joints * 3;
    float[] coordinates = new float[BODIES * count * size];
    for (int frame = 0; frame < count; frame++) {
      cursor.reset(text, length, starts[start + frame], lines[start + frame]);
      for (int body = 0; body < BODIES; body++) {
        int at = (body * count + frame) * size;
        for (int i = 0; i < size; i++) {
          coordinates[at + i] = number(body * size + i);
        }
      }
      int more = cursor.skipFields();
      if (more > 0) {
        throw fields(BODIES * size + more);
      }
    }
    return new BodyTracks(BODIES, count, joints, coordinates);
  }

  private float number(int index) throws BadRecordingException {
    if (!cursor.moreFields()) {
      throw fields(index);
    }
    return cursor.number("a coordinate");
  }

  private BadRecordingException fields(int found) {
    return new BadRecordingException(
        found % 3 == 0 && found > 0 ? Fault.JOINTS : Fault.UNREADABLE,
        "line %d has %d numbers, expected %d: %d bodies × %d joints × 3"
            .formatted(cursor.line(), found, BODIES * joints * 3, BODIES, joints));
  }
}
