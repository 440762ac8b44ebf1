package dev.armature.encoder.cuda;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/** ND4J's arrays, as a device sees them. Used by one thread at a time. */
interface DeviceArrays {

  /**
   * Waits for ND4J's own work and lends arrays to a device.
   *
   * @param arrays dense and row-major, each with a buffer of its own
   * @throws IllegalArgumentException if one is not
   */
  Loan lend(INDArray... arrays);

  /** Whether an array is dense and row-major and has a buffer of its own. */
  static boolean lendable(INDArray array) {
    return array.offset() == 0
        && array.data().underlyingLength() == array.length()
        && Shape.hasDefaultStridesForShape(array);
  }

  /** Checks that. */
  static void requireLendable(INDArray... arrays) {
    for (INDArray array : arrays) {
      if (!lendable(array)) {
        throw new IllegalArgumentException(
            "an array that is not dense, or part of another, cannot be lent to a device: shape %s, strides %s, %d of %d numbers"
                .formatted(
                    Arrays.toString(array.shape()),
                    Arrays.toString(array.stride()),
                    array.length(),
                    array.data().underlyingLength()));
      }
    }
  }

  /** Where arrays are on a device. */
  interface Loan extends AutoCloseable {

    /** Where the array of that number is. */
    DeviceFloats at(int number);

    /** Gives all back, with what the device wrote; it must be done with them. */
    @Override
    void close();
  }
}
