package dev.armature.dataset.synthetic;

import java.util.SplittableRandom;

/** Independent random streams for the parts of a generated data set. */
final class Seeds {
  private Seeds() {}

  /** The stream of a seed and what it is for; different words give unrelated streams. */
  static SplittableRandom stream(long seed, long... words) {
    long state = mix(seed);
    for (long word : words) {
      // The golden ratio's odd multiple keeps neighbouring small words apart.
      state = mix(state ^ (word + 1) * 0x9e3779b97f4a7c15L);
    }
    return new SplittableRandom(state);
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    long mixed = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
