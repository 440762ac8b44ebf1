package dev.armature.dataset.ucla;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Recording;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;

/**
 * Reads {@code {"file_name": …, "skeletons": frames × joints × 3, "label": …}}, one body. Name and
 * label may be missing; where they are there, they must fit the file's name.
 */
final class SkeletonJson {
  /** Python writes NaN and Infinity, which are no JSON: they are read, and refused as numbers. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final SkeletonLayout layout;

  SkeletonJson(SkeletonLayout layout) {
    this.layout = layout;
  }

  /**
   * Parses a whole file.
   *
   * @param bytes the file
   * @param length how many bytes of it count
   * @param recording what its name says; the detail is the action's number
   * @return one body, at most 300 frames
   * @throws BadRecordingException if it is no such file, of another recording, or has another
   *     number of joints
   */
  BodyTracks parse(byte[] bytes, int length, Recording recording) throws BadRecordingException {
    JsonNode content = tree(bytes, length);
    JsonNode skeletons = content.path("skeletons");
    if (!skeletons.isArray()) {
      throw new BadRecordingException(
          Fault.UNREADABLE, "it has no array 'skeletons' of frames × joints × 3");
    }
    checkName(content.path("file_name"), recording);
    checkLabel(content.path("label"), recording);
    TrackChecks.checkFrames(skeletons.size());
    int frames = Math.min(skeletons.size(), SkeletonSequence.MAX_FRAMES);
    int joints = layout.joints().size();
    float[] coordinates = new float[frames * joints * 3];
    int at = 0;
    for (int frame = 0; frame < frames; frame++) {
      JsonNode body = skeletons.get(frame);
      TrackChecks.checkJoints(body.size(), layout);
      for (int joint = 0; joint < joints; joint++) {
        JsonNode position = body.get(joint);
        for (int axis = 0; axis < 3; axis++) {
          coordinates[at++] = coordinate(position, axis, frame, joint);
        }
      }
    }
    return new BodyTracks(1, frames, joints, coordinates);
  }

  private static JsonNode tree(byte[] bytes, int length) throws BadRecordingException {
    try {
      JsonNode content = JSON.readTree(bytes, 0, length);
      if (content.isObject()) {
        return content;
      }
      throw new BadRecordingException(Fault.UNREADABLE, "it holds no JSON object with 'skeletons'");
    } catch (JsonProcessingException wrong) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "it is no whole JSON: line %d, column %d"
              .formatted(wrong.getLocation().getLineNr(), wrong.getLocation().getColumnNr()));
    } catch (IOException impossible) {
      throw new IllegalStateException("bytes in memory cannot fail", impossible);
    }
  }

  private static void checkName(JsonNode name, Recording recording) throws BadRecordingException {
    if (name.isTextual() && !name.textValue().equals(recording.id())) {
      throw new BadRecordingException(
          Fault.NAME,
          "its file_name is '%s'; is it another recording's?".formatted(name.textValue()));
    }
  }

  /** Files in circulation number the label among the ten classes or by the action. */
  private static void checkLabel(JsonNode label, Recording recording) throws BadRecordingException {
    boolean fits =
        label.isMissingNode()
            || label.asInt(-1) == recording.label() + 1
            || label.asText().equals(recording.detail());
    if (!fits) {
      throw new BadRecordingException(
          Fault.LABEL,
          "its label is %s; by its name it is action %s, the %d. of the classes"
              .formatted(label, recording.detail(), recording.label() + 1));
    }
  }

  private float coordinate(JsonNode position, int axis, int frame, int joint)
      throws BadRecordingException {
    if (!position.isArray() || position.size() != 3 || !position.get(axis).isNumber()) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "frame %d, joint %d (%s) is no x, y and z"
              .formatted(frame + 1, joint + 1, layout.joints().get(joint)));
    }
    return (float) position.get(axis).doubleValue();
  }
}
