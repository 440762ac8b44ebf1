package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a layer gets the arrays it writes its results to. */
public interface Buffers {
  /**
   * A dense row-major array of floats with any content. The same name may give the same memory:
   * what was written under a name holds until the name is next asked for.
   */
  INDArray get(String name, long... shape);

  /** As {@link #get}, but zero when the memory is new; what is written later stays. */
  INDArray zeros(String name, long... shape);
}
