package dev.armature.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Large arrays as NumPy files, written piece by piece: ND4J would hold them twice more.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">the
 *     format</a>
 */
final class NumpyFile {
  private static final int HEADER = 128;
  private static final int PIECE = 1 << 20;

  private NumpyFile() {}

  /**
   * Writes a matrix of floats.
   *
   * @param file is not there yet
   * @param values rows × columns, row-major
   */
  static void write(Path file, float[] values, int columns) throws IOException {
    String description =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(values.length / columns, columns);
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    header.put((byte) 1).put((byte) 0).putShort((short) (HEADER - 10));
    header.put(description.getBytes(StandardCharsets.US_ASCII));
    while (header.position() < HEADER - 1) {
      header.put((byte) ' ');
    }
    header.put((byte) '\n').flip();
    ByteBuffer piece =
        ByteBuffer.allocateDirect(PIECE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(header);
      for (int from = 0; from < values.length; from += PIECE) {
        int count = Math.min(PIECE, values.length - from);
        piece.clear();
        piece.asFloatBuffer().put(values, from, count);
        piece.limit(count * Float.BYTES);
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
    }
  }
}
