package dev.armature.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.nd4j.shade.protobuf.WireFormat;
import org.tensorflow.framework.Summary;

/**
 * The events that TensorBoard reads: TensorFlow's message {@code Event}, in which a {@link Summary}
 * has the numbers. ND4J brings TensorFlow's own class of the one and not of the other, whose few
 * fields are written by their numbers here.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto">event.proto</a>
 */
final class TensorBoardEvent {
  /** What a file of events begins with: the second format, the one there is. */
  private static final String VERSION = "brain.Event:2";

  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;

  /** Of a session log: that a session starts. */
  private static final int STATUS = 1;

  private static final int START = 1;

  private TensorBoardEvent() {}

  /** What is written into an event. */
  private interface Content {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The event that every file begins with. */
  static byte[] version(Instant time) {
    return event(time, 0, out -> out.writeString(FILE_VERSION, VERSION));
  }

  /**
   * Says that training starts from a step: whoever has read later ones, from another file of the
   * same run, forgets them.
   */
  static byte[] start(Instant time, long step) {
    return event(
        time,
        step,
        out -> {
          out.writeTag(SESSION_LOG, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(CodedOutputStream.computeEnumSize(STATUS, START));
          out.writeEnum(STATUS, START);
        });
  }

  /**
   * Numbers of a step.
   *
   * @param figures by tag; TensorBoard's are single precision
   */
  static byte[] scalars(Instant time, long step, Map<String, Double> figures) {
    Summary.Builder summary = Summary.newBuilder();
    figures.forEach(
        (tag, value) -> summary.addValueBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    return event(time, step, out -> out.writeMessage(SUMMARY, summary.build()));
  }

  private static byte[] event(Instant time, long step, Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeDouble(WALL_TIME, time.toEpochMilli() * 1e-3);
      out.writeInt64(STEP, step);
      content.write(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /**
   * The step of an event that has numbers.
   *
   * @return empty for events of another kind, and for what is no event
   */
  static OptionalLong stepOfScalars(byte[] event) {
    OptionalLong step = OptionalLong.of(0);
    boolean scalars = false;
    try {
      CodedInputStream in = CodedInputStream.newInstance(event);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (field == STEP) {
          step = OptionalLong.of(in.readInt64());
        } else {
          scalars |= field == SUMMARY;
          in.skipField(tag);
        }
      }
    } catch (IOException noEvent) {
      return OptionalLong.empty();
    }
    return scalars ? step : OptionalLong.empty();
  }
}
