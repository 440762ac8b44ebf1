package dev.armature.report;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * TensorFlow's files of records. A record is its length (8 bytes, little endian), the masked CRC32C
 * of these bytes (4), the data, and the masked CRC32C of the data (4).
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord</a>
 */
final class RecordFrames {
  private static final int HEAD = Long.BYTES + Integer.BYTES;

  /** Of TensorFlow's: a checksum of data that holds checksums would be weak. */
  private static final int MASK = 0xa282ead8;

  /** No record of scalars comes near; a length beyond it is damage, and must not be believed. */
  private static final int LONGEST = 1 << 26;

  private RecordFrames() {}

  /** Writes one record. */
  static void write(OutputStream out, byte[] data) throws IOException {
    ByteBuffer frame =
        ByteBuffer.allocate(HEAD + data.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(data.length);
    frame.putInt(checksum(frame.array(), 0, Long.BYTES));
    frame.put(data);
    frame.putInt(checksum(data, 0, data.length));
    out.write(frame.array());
  }

  /**
   * Reads the next record.
   *
   * @return empty at the end, and where a record is cut short or damaged: nothing behind it can be
   *     found
   */
  static Optional<byte[]> read(InputStream in) throws IOException {
    DataInputStream bytes = new DataInputStream(in);
    byte[] head = new byte[HEAD];
    try {
      bytes.readFully(head);
      ByteBuffer numbers = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      long length = numbers.getLong();
      if (numbers.getInt() != checksum(head, 0, Long.BYTES) || length < 0 || length > LONGEST) {
        return Optional.empty();
      }
      byte[] data = new byte[(int) length];
      bytes.readFully(data);
      int stored = Integer.reverseBytes(bytes.readInt());
      return stored == checksum(data, 0, data.length) ? Optional.of(data) : Optional.empty();
    } catch (EOFException cutShort) {
      return Optional.empty();
    }
  }

  private static int checksum(byte[] data, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(data, from, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
  }
}
