package dev.armature.tensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Reads pickles that hold nothing but containers, strings and numbers; they may name nothing. */
public final class PlainPickle {
  private static final long LONGEST = 1L << 28;

  /** A name and a label take three steps: nearly three million sequences. */
  private static final long STEPS = 1L << 23;

  private PlainPickle() {}

  /**
   * Reads one pickle, of at most 256 MiB.
   *
   * @param in the file
   * @param length how many bytes it has
   * @return unmodifiable maps in the pickle's order (keys {@link String} and {@link Long}), lists
   *     (of tuples as well), strings, {@link Long}, {@link Double}, {@link Boolean}, null
   * @throws TensorFileException if it is garbled, too large, or holds anything else; the message
   *     continues a file's name
   * @throws IOException if reading fails
   */
  public static Object read(InputStream in, long length) throws IOException {
    PickleInput pickle = new PickleInput(new BufferedInputStream(in), length, LONGEST);
    Object raw = RestrictedUnpickler.read(pickle, new NoNames(), STEPS);
    return PickleContent.of(
        raw,
        (path, reference) -> {
          throw new TensorFileException("%s is a tensor".formatted(path));
        },
        STEPS);
  }

  private static final class NoNames implements PickleNames {
    @Override
    public Object find(String module, String name) throws TensorFileException {
      throw new TensorFileException("it holds a %s.%s".formatted(module, name));
    }

    @Override
    public Object call(Object function, List<?> arguments) throws TensorFileException {
      throw new TensorFileException("it calls a function");
    }

    @Override
    public Object persistent(Object identifier) throws TensorFileException {
      throw new TensorFileException("it refers to something outside itself");
    }
  }
}
