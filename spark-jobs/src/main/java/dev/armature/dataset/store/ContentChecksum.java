package dev.armature.dataset.store;

import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A checksum of sequences in any order: the sum, modulo 2⁶⁴ in each half, of the first 128 bits of
 * every sequence's SHA-256.
 *
 * @param high the first half
 * @param low the second half
 */
record ContentChecksum(long high, long low) implements Serializable {
  static final ContentChecksum ZERO = new ContentChecksum(0, 0);

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
    return new ContentChecksum(digest.getLong(), digest.getLong());
  }

  ContentChecksum plus(ContentChecksum other) {
    return new ContentChecksum(high + other.high, low + other.low);
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
