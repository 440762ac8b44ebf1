package dev.armature.encoder.cuda;

import java.util.BitSet;
import java.util.List;

/**
 * Where a device's library keeps the parameters of one GRU, as the library itself tells.
 *
 * @param length of the whole, in floats; may be more than its parts
 * @param gates reset, update, candidate: the order of cuDNN's linear layers
 */
record GruSpace(long length, List<Gate> gates) {

  /** Number of gates. */
  static final int GATES = 3;

  /**
   * The parameters of one gate. Matrices are dense, with a row for every unit: the transpose of
   * ours.
   *
   * @param inputWeight offset of hidden × input floats
   * @param hiddenWeight offset of hidden × hidden floats
   * @param inputBias offset of hidden floats
   * @param hiddenBias offset of hidden floats
   */
  record Gate(long inputWeight, long hiddenWeight, long inputBias, long hiddenBias) {}

  GruSpace {
    gates = List.copyOf(gates);
    if (gates.size() != GATES) {
      throw new IllegalArgumentException(
          "a GRU has %d gates, found %d".formatted(GATES, gates.size()));
    }
  }

  /**
   * Checks that every parameter has a place of its own within the whole.
   *
   * @throws IllegalArgumentException naming what is where
   */
  void require(int input, int hidden) {
    BitSet taken = new BitSet();
    for (Gate gate : gates) {
      claim(taken, gate.inputWeight(), (long) hidden * input);
      claim(taken, gate.hiddenWeight(), (long) hidden * hidden);
      claim(taken, gate.inputBias(), hidden);
      claim(taken, gate.hiddenBias(), hidden);
    }
  }

  private void claim(BitSet taken, long offset, long size) {
    if (offset < 0 || offset + size > length) {
      throw new IllegalArgumentException(
          "%d numbers at %d do not lie within the %d of the weight space"
              .formatted(size, offset, length));
    }
    int start = Math.toIntExact(offset);
    int end = Math.toIntExact(offset + size);
    int next = taken.nextSetBit(start);
    if (next >= 0 && next < end) {
      throw new IllegalArgumentException(
          "%d numbers at %d lie where others are in the weight space: %s"
              .formatted(size, offset, this));
    }
    taken.set(start, end);
  }
}
