package dev.armature.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A NumPy array in a pickle: what is known of it, and where in the file its numbers are. They are
 * read when asked for.
 *
 * @param kind NumPy's letter and width, for instance {@code f2}
 * @param bigEndian whether the numbers' first byte is the highest
 * @param columnMajor whether the first dimension runs fastest (Fortran's order)
 * @param shape its dimensions
 * @param begin byte of the file at which the numbers begin
 * @param length how many bytes they take there
 * @param utf8 whether they stand there as text, as protocols up to 2 write bytes
 */
public record PickledArray(
    String kind,
    boolean bigEndian,
    boolean columnMajor,
    List<Integer> shape,
    long begin,
    long length,
    boolean utf8) {
  /** 64 MiB of floats: no sequence comes near. */
  private static final long MOST_NUMBERS = 1L << 24;

  private static final String SEPARATOR = " ";

  public PickledArray {
    shape = List.copyOf(shape);
  }

  /**
   * Checks that an array fits the bytes it has.
   *
   * @throws TensorFileException if it has too many numbers, or another number of bytes
   */
  static PickledArray of(
      PickledType type, boolean columnMajor, List<Integer> shape, PickledBytes bytes)
      throws TensorFileException {
    long numbers = 1;
    for (int size : shape) {
      numbers = size < 0 || numbers > MOST_NUMBERS ? -1 : numbers * size;
      if (numbers < 0 || numbers > MOST_NUMBERS) {
        throw new TensorFileException(
            "it has an array of shape %s; arrays of at most %d numbers are read"
                .formatted(shape, MOST_NUMBERS));
      }
    }
    long width = numbers * type.bytes();
    // A byte above 0x7f is two in UTF-8.
    long most = bytes.utf8() ? 2 * width : width;
    if (bytes.length() < width || bytes.length() > most) {
      throw new TensorFileException(
          "it has an array of shape %s and type %s with %d bytes, expected %d"
              .formatted(shape, type, bytes.length(), width));
    }
    return new PickledArray(
        type.kind(),
        type.bigEndian(),
        columnMajor,
        shape,
        bytes.begin(),
        bytes.length(),
        bytes.utf8());
  }

  /** Reads what {@link #toString} wrote. */
  public static PickledArray parse(String text) {
    String[] parts = text.split(SEPARATOR, -1);
    List<Integer> shape =
        parts[3].isEmpty()
            ? List.of()
            : Arrays.stream(parts[3].split("x", -1)).map(Integer::valueOf).toList();
    return new PickledArray(
        parts[0],
        parts[1].equals(">"),
        parts[2].equals("F"),
        shape,
        Long.parseLong(parts[4]),
        Long.parseLong(parts[5]),
        parts[6].equals("text"));
  }

  /** Everything there is to know, in a line. */
  @Override
  public String toString() {
    return String.join(
        SEPARATOR,
        kind,
        bigEndian ? ">" : "<",
        columnMajor ? "F" : "C",
        shape.stream().map(String::valueOf).collect(Collectors.joining("x")),
        Long.toString(begin),
        Long.toString(length),
        utf8 ? "text" : "bytes");
  }

  /** How many numbers it has. */
  public int numbers() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * Reads the numbers.
   *
   * @param in the file of the pickle
   * @return row-major, whatever the array's own order
   * @throws TensorFileException if they are no floating-point numbers, or the bytes are garbled
   * @throws IOException if the file system fails
   */
  public float[] floats(FSDataInputStream in) throws IOException {
    PickledType type =
        PickledType.of(kind)
            .filter(PickledType::real)
            .orElseThrow(
                () ->
                    new TensorFileException(
                        "its array has numbers of type %s, expected float16, float32 or float64"
                            .formatted(kind)));
    byte[] stored = new byte[(int) length];
    try {
      in.seek(begin);
      in.readFully(stored);
    } catch (EOFException cut) {
      throw new TensorFileException("the file ends before byte %d".formatted(begin + length), cut);
    }
    byte[] bytes = utf8 ? decoded(stored, numbers() * type.bytes()) : stored;
    ByteBuffer buffer =
        ByteBuffer.wrap(bytes).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[numbers()];
    for (int i = 0; i < floats.length; i++) {
      int at = i * type.bytes();
      floats[columnMajor ? rowMajor(i) : i] =
          switch (type.bytes()) {
            case Short.BYTES -> HalfPrecision.toFloat(buffer.getShort(at));
            case Float.BYTES -> buffer.getFloat(at);
            default -> (float) buffer.getDouble(at);
          };
    }
    return floats;
  }

  /** The row-major place of what is at a column-major one. */
  private int rowMajor(int columnMajorPlace) {
    int left = columnMajorPlace;
    int stride = numbers();
    int place = 0;
    for (int size : shape) {
      stride /= size;
      place += (left % size) * stride;
      left /= size;
    }
    return place;
  }

  private static byte[] decoded(byte[] text, int expected) throws TensorFileException {
    byte[] bytes = new byte[expected];
    int count = 0;
    for (int at = 0; at < text.length && count <= expected; at++) {
      int c = text[at] & 0xff;
      int value = c;
      if (c > 0x7f) {
        boolean two = (c == 0xc2 || c == 0xc3) && at + 1 < text.length;
        if (!two || (text[at + 1] & 0xc0) != 0x80) {
          count = -1;
          break;
        }
        value = ((c & 3) << 6) | (text[++at] & 0x3f);
      }
      if (count < expected) {
        bytes[count] = (byte) value;
      }
      count++;
    }
    if (count != expected) {
      throw new TensorFileException(
          "the bytes of its array are garbled; expected %d, as text of U+0000 to U+00FF"
              .formatted(expected));
    }
    return bytes;
  }

  /** A number on its own, from its bytes. */
  static Optional<Object> scalar(PickledType type, byte[] bytes) {
    if (bytes.length != type.bytes()) {
      return Optional.empty();
    }
    ByteBuffer buffer =
        ByteBuffer.wrap(bytes)
            .order(type.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return Optional.of(
        switch (type.kind()) {
          case "b1" -> bytes[0] != 0;
          case "i1" -> (long) bytes[0];
          case "u1" -> bytes[0] & 0xffL;
          case "i2" -> (long) buffer.getShort();
          case "u2" -> buffer.getShort() & 0xffffL;
          case "i4" -> (long) buffer.getInt();
          case "u4" -> buffer.getInt() & 0xffffffffL;
          case "f2" -> (double) HalfPrecision.toFloat(buffer.getShort());
          case "f4" -> (double) buffer.getFloat();
          case "f8" -> buffer.getDouble();
          default -> buffer.getLong();
        });
  }
}
