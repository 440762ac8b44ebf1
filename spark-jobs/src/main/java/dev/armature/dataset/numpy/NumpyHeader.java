package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file, format versions 1 to 3 (NumPy Enhancement Proposal 1).
 *
 * @param type of the numbers
 * @param shape the array's, row-major
 * @param start byte at which the numbers start
 */
record NumpyHeader(NumpyType type, List<Long> shape, long start) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Far more than the header of any array of plain numbers. */
  private static final int LONGEST = 1 << 16;

  private static final Pattern DESCRIPTOR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,L\\s]*)\\)");

  /**
   * Reads a header from the start of a file.
   *
   * @param file for messages
   * @throws DatasetException if it is no {@code .npy} file, or of a type or order that is not read
   * @throws IOException if the file system fails
   */
  static NumpyHeader read(InputStream in, String file) throws IOException {
    DataInputStream data = new DataInputStream(in);
    try {
      for (byte expected : MAGIC) {
        if (data.readByte() != expected) {
          throw new DatasetException("%s is no .npy file; save it with numpy.save".formatted(file));
        }
      }
      int version = data.readUnsignedByte();
      data.readUnsignedByte();
      int length = Short.reverseBytes(data.readShort()) & 0xffff;
      int preamble = MAGIC.length + 4;
      if (version >= 2) {
        length |= (Short.reverseBytes(data.readShort()) & 0xffff) << 16;
        preamble += 2;
      }
      if (version < 1 || version > 3 || length < 0 || length > LONGEST) {
        throw new DatasetException(
            "%s: .npy format version %d with a header of %d bytes is not known, versions 1 to 3 are"
                .formatted(file, version, length));
      }
      byte[] header = new byte[length];
      data.readFully(header);
      return parse(new String(header, StandardCharsets.ISO_8859_1), preamble + length, file);
    } catch (EOFException e) {
      throw new DatasetException("%s is cut short: its header is not whole".formatted(file), e);
    }
  }

  private static NumpyHeader parse(String header, long start, String file) {
    String descriptor = find(DESCRIPTOR, header, "descr", file);
    NumpyType type =
        NumpyType.of(descriptor)
            .orElseThrow(
                () ->
                    new DatasetException(
                        "%s holds numbers of type '%s'; save it as little-endian float32, float64 or integers"
                            .formatted(file, descriptor)));
    if (find(ORDER, header, "fortran_order", file).equals("True")) {
      throw new DatasetException(
          "%s is in Fortran order; save it with numpy.save(file, numpy.ascontiguousarray(array))"
              .formatted(file));
    }
    List<Long> shape = new ArrayList<>();
    for (String size : find(SHAPE, header, "shape", file).split(",", -1)) {
      String digits = size.replace("L", "").strip();
      if (!digits.isEmpty()) {
        try {
          shape.add(Long.parseLong(digits));
        } catch (NumberFormatException wrong) {
          throw new DatasetException(
              "%s: its header is garbled: size '%s' is no number".formatted(file, digits), wrong);
        }
      }
    }
    NumpyHeader found = new NumpyHeader(type, List.copyOf(shape), start);
    try {
      found.fileLength();
      return found;
    } catch (ArithmeticException tooLarge) {
      throw new DatasetException(
          "%s: its header is garbled: no file has room for an array of shape %s"
              .formatted(file, shape),
          tooLarge);
    }
  }

  private static String find(Pattern pattern, String header, String key, String file) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new DatasetException(
          "%s: its header does not say its '%s': %s".formatted(file, key, header.strip()));
    }
    return matcher.group(1);
  }

  /** Bytes that the whole file should have. */
  long fileLength() {
    long numbers = shape.stream().reduce(1L, Math::multiplyExact);
    return Math.addExact(start, Math.multiplyExact(numbers, (long) type.bytes()));
  }
}
