package dev.armature.augment;

/**
 * Seeds made of seeds: mixes numbers and names into a 64-bit seed that is the same on every machine
 * and in every version of Java.
 *
 * <p>Names are hashed by FNV-1a (Fowler, Noll, Vo) over their UTF-16 units, low byte first; every
 * result passes the finalizer of MurmurHash3 (Appleby), so that seeds that differ in one bit give
 * unrelated streams.
 */
public final class Seeds {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** 2⁶⁴ divided by the golden ratio: keeps 0 from being a fixed point of the finalizer. */
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Seeds() {}

  /** A seed for one of many streams under a seed; different numbers give different seeds. */
  public static long combine(long seed, long value) {
    return finish(finish(seed + GOLDEN) ^ value);
  }

  /** A seed for the stream that belongs to a name under a seed. */
  public static long combine(long seed, String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      char unit = name.charAt(i);
      hash = (hash ^ (unit & 0xff)) * FNV_PRIME;
      hash = (hash ^ (unit >>> 8)) * FNV_PRIME;
    }
    return combine(seed, hash);
  }

  private static long finish(long bits) {
    long mixed = bits;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
