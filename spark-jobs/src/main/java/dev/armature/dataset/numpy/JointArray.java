package dev.armature.dataset.numpy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Recording;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * An array of sequences in a {@code .npy} file, N × 3 × frames × joints × persons, read one
 * sequence at a time: the file of NTU RGB+D 120 has some 40 GB. Not thread-safe.
 */
final class JointArray implements Closeable {
  private final FSDataInputStream in;
  private final Path path;
  private final NumpyHeader header;
  private final SkeletonLayout layout;
  private final ByteBuffer buffer;

  private JointArray(FSDataInputStream in, Path path, NumpyHeader header, SkeletonLayout layout) {
    this.in = in;
    this.path = path;
    this.header = header;
    this.layout = layout;
    this.buffer =
        ByteBuffer.allocate(Math.toIntExact(sequenceBytes(header))).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens a file.
   *
   * @throws DatasetException if it is not there, of another shape or layout, or cut short
   * @throws IOException if the file system fails
   */
  static JointArray open(Path path, SkeletonLayout layout, Configuration hadoop)
      throws IOException {
    FSDataInputStream in;
    try {
      in = path.getFileSystem(hadoop).open(path);
    } catch (FileNotFoundException e) {
      throw new DatasetException("%s is not there".formatted(path), e);
    }
    try {
      NumpyHeader header = NumpyHeader.read(in, path.toString());
      check(header, path, layout);
      long length = path.getFileSystem(hadoop).getFileStatus(path).getLen();
      if (length < header.fileLength()) {
        throw new DatasetException(
            "%s is cut short: it has %d bytes, its header announces %d"
                .formatted(path, length, header.fileLength()));
      }
      return new JointArray(in, path, header, layout);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static void check(NumpyHeader header, Path path, SkeletonLayout layout) {
    List<Long> shape = header.shape();
    if (header.type().whole() || shape.size() != 5 || shape.get(1) != 3) {
      throw new DatasetException(
          "%s holds an array of type '%s' and shape %s, expected floats, sequences × 3 × frames × joints × persons"
              .formatted(path, header.type(), shape));
    }
    if (shape.get(3) != layout.joints().size()) {
      throw new DatasetException(
          "%s has %d joints where layout '%s' has %d; give the layout that it was made with"
              .formatted(path, shape.get(3), layout.name(), layout.joints().size()));
    }
    if (shape.get(4) < 1 || shape.get(4) > SkeletonSequence.MAX_PERSONS) {
      throw new DatasetException(
          "%s has %d persons, expected 1 or 2".formatted(path, shape.get(4)));
    }
    // Keeps one sequence within a buffer: at 10,000 frames it has some 12 MB.
    if (shape.get(2) < 1 || shape.get(2) > 10_000) {
      throw new DatasetException(
          "%s has %d frames a sequence, expected 1 to 10000".formatted(path, shape.get(2)));
    }
  }

  private static long sequenceBytes(NumpyHeader header) {
    return header.shape().stream().skip(1).reduce(1L, Math::multiplyExact) * header.type().bytes();
  }

  /** Number of sequences. */
  long sequences() {
    return header.shape().get(0);
  }

  /** Bytes of one sequence. */
  long sequenceBytes() {
    return sequenceBytes(header);
  }

  /**
   * Reads one sequence, taken as it is but for an empty second person.
   *
   * @param frames how many of the array's frames are the sequence's own
   * @throws BadRecordingException if it cannot be used
   * @throws IOException if the file system fails
   */
  SkeletonSequence read(Recording recording, long frames)
      throws IOException, BadRecordingException {
    int declared = header.shape().get(2).intValue();
    if (frames > declared || frames < 0) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "sequence %d of %s has %d frames by its num_frame, the array has 0 to %d"
              .formatted(recording.position(), path.getName(), frames, declared));
    }
    TrackChecks.checkFrames((int) frames);
    try {
      in.seek(header.start() + recording.position() * buffer.capacity());
      in.readFully(buffer.array());
    } catch (EOFException e) {
      throw new IOException("%s ends within sequence %d".formatted(path, recording.position()), e);
    }
    return sequence(recording, (int) Math.min(frames, SkeletonSequence.MAX_FRAMES));
  }

  private SkeletonSequence sequence(Recording recording, int frames) throws BadRecordingException {
    int stored = header.shape().get(4).intValue();
    boolean[] seen = new boolean[stored];
    float[] all = transposed(frames, stored, seen);
    boolean anybody = seen[0] || seen[stored - 1];
    if (!anybody) {
      throw new BadRecordingException(
          Fault.NO_BODY, "no body is seen in any of its %d frames".formatted(frames));
    }
    int persons = seen[stored - 1] ? stored : 1;
    return new SkeletonSequence(
        recording.id(),
        recording.label(),
        recording.subject(),
        recording.camera(),
        recording.setup(),
        frames,
        persons,
        layout.joints().size(),
        persons == stored ? all : firstPerson(all, frames));
  }

  /** From 3 × frames × joints × persons to frames × persons × joints × 3. */
  private float[] transposed(int frames, int persons, boolean[] seen) throws BadRecordingException {
    int joints = layout.joints().size();
    int declared = header.shape().get(2).intValue();
    int width = header.type().bytes();
    float[] coordinates = new float[frames * persons * joints * 3];
    for (int axis = 0; axis < 3; axis++) {
      int from = axis * declared * joints * persons * width;
      for (int frame = 0; frame < frames; frame++) {
        for (int joint = 0; joint < joints; joint++) {
          for (int person = 0; person < persons; person++) {
            float value = header.type().real(buffer, from);
            from += width;
            if (!Float.isFinite(value)) {
              throw TrackChecks.notFinite(value, frame, person, joint, layout);
            }
            seen[person] |= value != 0;
            coordinates[((frame * persons + person) * joints + joint) * 3 + axis] = value;
          }
        }
      }
    }
    return coordinates;
  }

  private float[] firstPerson(float[] both, int frames) {
    int size = layout.joints().size() * 3;
    float[] first = new float[frames * size];
    for (int frame = 0; frame < frames; frame++) {
      System.arraycopy(both, frame * 2 * size, first, frame * size, size);
    }
    return first;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
