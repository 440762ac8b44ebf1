package dev.armature.evaluate.embedding;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Recording;
import dev.armature.dataset.Split;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import org.apache.spark.sql.Row;

/**
 * Makes sequences of rows.
 *
 * @param column what the coordinates' column holds
 * @param coordinates its place
 * @param persons place of the number of persons; −1 where there is no such column
 * @param id place of a name for messages; −1 where there is none
 * @param layout of the joints
 * @param mostPersons that the encoders take
 * @param normalize whether coordinates are the sensor's own
 */
record SequenceColumns(
    CoordinatesColumn column,
    int coordinates,
    int persons,
    int id,
    SkeletonLayout layout,
    int mostPersons,
    boolean normalize)
    implements Serializable {

  /**
   * The sequence of a row.
   *
   * @throws InvalidRowException if it holds none that can be encoded
   */
  SkeletonSequence read(Row row) throws InvalidRowException {
    CoordinatesColumn.Coordinates read = column.read(row, coordinates, persons(row));
    if (!normalize) {
      requirePersons(read.persons());
    }
    try {
      TrackChecks.checkFrames(read.frames());
      SkeletonSequence sequence = normalize ? normalized(read) : sequence(read);
      requirePersons(sequence.persons());
      return sequence;
    } catch (BadRecordingException bad) {
      throw new InvalidRowException(bad.getMessage());
    }
  }

  private int persons(Row row) throws InvalidRowException {
    if (persons < 0) {
      return mostPersons;
    }
    if (row.isNullAt(persons)) {
      throw new InvalidRowException("its number of persons is null");
    }
    long found = ((Number) row.get(persons)).longValue();
    if (found < 1 || found > Integer.MAX_VALUE) {
      throw new InvalidRowException("its number of persons is " + found);
    }
    return (int) found;
  }

  private void requirePersons(int found) throws InvalidRowException {
    if (found > mostPersons) {
      throw new InvalidRowException(
          "it has %d persons, the encoders take %d".formatted(found, mostPersons));
    }
  }

  private SkeletonSequence sequence(CoordinatesColumn.Coordinates read) {
    return new SkeletonSequence(
        "", 0, 0, 0, 0, read.frames(), read.persons(), layout.joints().size(), read.values());
  }

  /** As {@code prepare} does it: up to two bodies are chosen, centred and turned. */
  private SkeletonSequence normalized(CoordinatesColumn.Coordinates read)
      throws BadRecordingException {
    int size = layout.joints().size() * 3;
    float[] tracks = new float[read.values().length];
    for (int frame = 0; frame < read.frames(); frame++) {
      for (int person = 0; person < read.persons(); person++) {
        System.arraycopy(
            read.values(),
            (frame * read.persons() + person) * size,
            tracks,
            (person * read.frames() + frame) * size,
            size);
      }
    }
    return new Normalization(layout)
        .normalize(
            new Recording("", "", 0, 0, 0, 0, 0, 0, Split.TEST),
            new BodyTracks(read.persons(), read.frames(), layout.joints().size(), tracks));
  }

  /** A row's name for messages. */
  String name(Row row) {
    return id < 0 || row.isNullAt(id) ? "a row" : "row " + row.get(id);
  }
}
