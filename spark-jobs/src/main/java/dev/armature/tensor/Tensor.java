package dev.armature.tensor;

import java.util.List;

/** A tensor to be written to a file. */
public sealed interface Tensor permits FloatTensor, DeferredTensor, IntegerTensor {

  /** Its dimensions; none for a scalar. */
  List<Integer> shape();

  /** How many numbers it has. */
  int length();
}
