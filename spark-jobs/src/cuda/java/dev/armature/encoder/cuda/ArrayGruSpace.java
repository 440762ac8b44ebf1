package dev.armature.encoder.cuda;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import dev.armature.encoder.GruWeights;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Carries the parameters of a GRU between ND4J's arrays and the weight space of a device's library,
 * which is an array, too. Ours have the gates in the order update, reset, candidate, one column a
 * unit; a space has reset, update, candidate, each with one row a unit.
 *
 * @param space where the library has each gate
 * @param input numbers per frame that go in
 * @param hidden numbers per frame that come out
 */
record ArrayGruSpace(GruSpace space, int input, int hidden) {
  /** For each gate of a space, which of ours it is. */
  private static final int[] OURS = {1, 0, 2};

  /** Carries one gate's tensor. */
  private interface Carrying {
    void carry(INDArray ours, INDArray theirs);
  }

  /** Overwrites a space with parameters; what lies between them stays. */
  void pack(GruWeights weights, INDArray packed) {
    each(weights, packed, (ours, theirs) -> theirs.assign(ours));
  }

  /** Overwrites parameters, or gradients, with those of a space. */
  void unpack(INDArray packed, GruWeights weights) {
    each(weights, packed, (ours, theirs) -> ours.assign(theirs));
  }

  private void each(GruWeights weights, INDArray packed, Carrying carrying) {
    for (int number = 0; number < GruSpace.GATES; number++) {
      GruSpace.Gate gate = space.gates().get(number);
      long start = (long) OURS[number] * hidden;
      carrying.carry(
          weights.input().get(all(), interval(start, start + hidden)).transpose(),
          part(packed, gate.inputWeight(), input).reshape('c', false, hidden, input));
      carrying.carry(
          weights.hidden().get(all(), interval(start, start + hidden)).transpose(),
          part(packed, gate.hiddenWeight(), hidden).reshape('c', false, hidden, hidden));
      carrying.carry(bias(weights.inputBias(), start), part(packed, gate.inputBias(), 1));
      carrying.carry(bias(weights.hiddenBias(), start), part(packed, gate.hiddenBias(), 1));
    }
  }

  private INDArray part(INDArray packed, long offset, long width) {
    return packed.get(interval(offset, offset + hidden * width));
  }

  private INDArray bias(INDArray bias, long start) {
    return bias.reshape('c', false, bias.length()).get(interval(start, start + hidden));
  }
}
