package dev.armature.dataset.store;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/**
 * Takes the coordinates out of a row of {@link SequenceTable#content}. Immutable.
 *
 * @param layout the skeletons' layout
 * @param depth of nesting of the coordinates
 */
record TableTracks(SkeletonLayout layout, int depth) implements Serializable {
  private static final int PERSONS = 1;
  private static final int FRAMES = 2;
  private static final int COORDINATES = 3;

  /** More bodies than any sensor sees at once; the two with the most motion are kept. */
  private static final int MOST_PERSONS = 16;

  /**
   * One row's bodies.
   *
   * @throws BadRecordingException if there are no coordinates, one is missing, or their number does
   *     not fit
   */
  BodyTracks tracks(InternalRow row) throws BadRecordingException {
    if (row.isNullAt(COORDINATES)) {
      throw new BadRecordingException(Fault.UNREADABLE, "it has no coordinates");
    }
    ArrayData coordinates = row.getArray(COORDINATES);
    return depth == 1
        ? flat(coordinates, row.getInt(PERSONS), row.getInt(FRAMES))
        : nested(coordinates);
  }

  private BodyTracks flat(ArrayData coordinates, int persons, int announced)
      throws BadRecordingException {
    checkPersons(persons);
    int joints = layout.joints().size();
    int size = joints * 3;
    int count = coordinates.numElements();
    int frames = count / (persons * size);
    if (count % (persons * size) != 0 || (announced >= 0 && announced != frames)) {
      throw new BadRecordingException(
          Fault.JOINTS,
          "it has %d numbers, expected %s of %d persons × %d joints (layout '%s') × 3"
              .formatted(
                  count,
                  announced >= 0 ? announced + " frames" : "whole frames",
                  persons,
                  joints,
                  layout.name()));
    }
    float[] ordered = new float[count];
    float[] numbers = numbers(coordinates);
    for (int frame = 0; frame < frames; frame++) {
      for (int person = 0; person < persons; person++) {
        System.arraycopy(
            numbers,
            (frame * persons + person) * size,
            ordered,
            (person * frames + frame) * size,
            size);
      }
    }
    return new BodyTracks(persons, frames, joints, ordered);
  }

  private BodyTracks nested(ArrayData coordinates) throws BadRecordingException {
    int frames = coordinates.numElements();
    TrackChecks.checkFrames(frames);
    int persons = depth == 4 ? element(coordinates, 0).numElements() : 1;
    checkPersons(persons);
    int joints = layout.joints().size();
    float[] ordered = new float[persons * frames * joints * 3];
    for (int frame = 0; frame < frames; frame++) {
      ArrayData bodies = element(coordinates, frame);
      if (depth == 4 && bodies.numElements() != persons) {
        throw new BadRecordingException(
            Fault.UNREADABLE,
            "frame %d has %d persons, the first has %d; write zeros for a person who is not seen"
                .formatted(frame + 1, bodies.numElements(), persons));
      }
      for (int person = 0; person < persons; person++) {
        ArrayData body = depth == 4 ? element(bodies, person) : bodies;
        TrackChecks.checkJoints(body.numElements(), layout);
        for (int joint = 0; joint < joints; joint++) {
          float[] position = numbers(element(body, joint));
          if (position.length != 3) {
            throw new BadRecordingException(
                Fault.UNREADABLE,
                "frame %d, joint %d (%s) has %d numbers, expected x, y and z"
                    .formatted(frame + 1, joint + 1, layout.joints().get(joint), position.length));
          }
          System.arraycopy(
              position, 0, ordered, ((person * frames + frame) * joints + joint) * 3, 3);
        }
      }
    }
    return new BodyTracks(persons, frames, joints, ordered);
  }

  private static void checkPersons(int persons) throws BadRecordingException {
    if (persons < 1 || persons > MOST_PERSONS) {
      throw new BadRecordingException(
          Fault.UNREADABLE, "it has %d persons, expected 1 to %d".formatted(persons, MOST_PERSONS));
    }
  }

  private static ArrayData element(ArrayData array, int index) throws BadRecordingException {
    if (array.isNullAt(index)) {
      throw missing();
    }
    return array.getArray(index);
  }

  private static float[] numbers(ArrayData array) throws BadRecordingException {
    for (int i = 0; i < array.numElements(); i++) {
      if (array.isNullAt(i)) {
        throw missing();
      }
    }
    return array.toFloatArray();
  }

  private static BadRecordingException missing() {
    return new BadRecordingException(
        Fault.UNREADABLE,
        "null stands among its coordinates; write zeros for a joint that is not seen");
  }
}
