package dev.armature.tensor;

import java.util.Optional;

/**
 * Bytes in a pickle that were passed over.
 *
 * @param begin the first one's place in the pickle
 * @param length how many bytes of the pickle they take
 * @param utf8 whether they stand there as text, a character of U+0000 to U+00FF for each: protocols
 *     0 to 2 have no bytes
 * @param content the bytes themselves where they are few
 */
record PickledBytes(long begin, long length, boolean utf8, Optional<byte[]> content) {
  /** Scalars, and the fixed arguments of NumPy's functions, have fewer. */
  static final int FEW = 64;

  /** Bytes that are left where they are. */
  static PickledBytes at(long begin, long length, boolean utf8) {
    return new PickledBytes(begin, length, utf8, Optional.empty());
  }
}
