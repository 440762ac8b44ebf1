package dev.armature.dataset.store;

import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A checksum of sequences in their order, which decides on batches: in each half, modulo 2⁶⁴, the
 * polynomial whose coefficients are the first 128 bits of every sequence's SHA-256. Sequences that
 * follow one another can be summed up apart, however they are cut.
 *
 * @param high the first half
 * @param low the second half
 * @param shift by how much sequences that follow multiply both: the base to the power of the number
 *     of sequences here
 */
record ContentChecksum(long high, long low, long shift) implements Serializable {
  /** Odd, so that no sequence is ever multiplied away. */
  private static final long BASE = 0x9e3779b97f4a7c15L;

  /** Of no sequences. */
  static final ContentChecksum EMPTY = new ContentChecksum(0, 0, 1);

  static ContentChecksum of(Split split, SkeletonSequence sequence) {
    byte[] id = sequence.id().getBytes(StandardCharsets.UTF_8);
    float[] coordinates = sequence.coordinates();
    ByteBuffer bytes = ByteBuffer.allocate(id.length + (9 + coordinates.length) * Integer.BYTES);
    bytes.putInt(id.length).put(id).putInt(split == Split.TRAIN ? 0 : 1);
    bytes.putInt(sequence.label()).putInt(sequence.subject());
    bytes.putInt(sequence.camera()).putInt(sequence.setup());
    bytes.putInt(sequence.frames()).putInt(sequence.persons()).putInt(sequence.joints());
    for (float coordinate : coordinates) {
      bytes.putInt(Float.floatToRawIntBits(coordinate));
    }
    ByteBuffer digest = ByteBuffer.wrap(sha256().digest(bytes.array()));
    return new ContentChecksum(digest.getLong(), digest.getLong(), BASE);
  }

  /** That of the sequences here and then the others. */
  ContentChecksum then(ContentChecksum others) {
    return new ContentChecksum(
        high * others.shift + others.high, low * others.shift + others.low, shift * others.shift);
  }

  /** 32 hexadecimal digits. */
  String hex() {
    return "%016x%016x".formatted(high, low);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
