package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Between DL4J's recurrent shape, sequences × features × frames, and the time-major memory that the
 * recurrent libraries want. Inside an encoder graph the one is a view of the other, and nothing is
 * copied.
 */
final class TimeMajor {
  private TimeMajor() {}

  /** As frames × sequences × features, dense; a view if the memory is time-major already. */
  static INDArray of(INDArray recurrent) {
    if (recurrent.rank() != 3) {
      throw new IllegalArgumentException(
          "expected sequences × features × frames, found %d dimensions"
              .formatted(recurrent.rank()));
    }
    INDArray view = recurrent.permute(2, 0, 1);
    boolean dense =
        view.stride(2) == 1
            && view.stride(1) == view.size(2)
            && view.stride(0) == view.size(1) * view.size(2);
    return dense ? view : view.dup('c');
  }

  /** A frames × sequences × features array in DL4J's shape; a view. */
  static INDArray asRecurrent(INDArray timeMajor) {
    return timeMajor.permute(1, 2, 0);
  }
}
