package dev.armature.tensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads pickles that hold containers, strings, numbers and NumPy arrays, and nothing else: nothing
 * that they name is run. The numbers of arrays are passed over, so that a file of gigabytes takes
 * no more memory than what describes it: some 2 KB for an annotation of pyskl.
 */
public final class ArrayPickle {
  /** A terabyte. */
  private static final long LONGEST = 1L << 40;

  /** An annotation of pyskl takes some sixty: a million of them. */
  private static final long STEPS = 1L << 26;

  /** Of objects, in any file. */
  private static final long FEWEST = 1000;

  private static final long OBJECTS_A_BYTE = 4;

  private ArrayPickle() {}

  /**
   * Reads one pickle.
   *
   * @param in the file, at its start
   * @param length how many bytes it has
   * @return as {@link PlainPickle#read}, and {@link PickledArray}s; NumPy's scalars are {@link
   *     Long}, {@link Double} and {@link Boolean}
   * @throws TensorFileException if it is garbled, beyond a limit, or holds anything else; the
   *     message continues a file's name
   * @throws IOException if reading fails
   */
  public static Object read(InputStream in, long length) throws IOException {
    PickleInput pickle = new PickleInput(new BufferedInputStream(in), length, LONGEST);
    // Two bytes may refer to a container of a few objects that is shared; no honest file has more.
    long most = Math.min(STEPS, FEWEST + OBJECTS_A_BYTE * Math.min(length, STEPS));
    Object raw = RestrictedUnpickler.read(pickle, new ArrayNames(), most);
    return PickleContent.of(
        raw,
        (path, reference) -> {
          throw new TensorFileException("%s is a tensor".formatted(path));
        },
        most);
  }
}
