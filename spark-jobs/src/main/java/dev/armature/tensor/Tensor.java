package dev.armature.tensor;

import java.util.List;

/** A tensor in memory, to be written to a file. */
public sealed interface Tensor permits FloatTensor, IntegerTensor {

  /** Its dimensions; none for a scalar. */
  List<Integer> shape();

  /** How many numbers it has. */
  int length();
}
