package dev.armature.encoder.cuda;

import org.nd4j.linalg.api.ndarray.INDArray;

/** ND4J's arrays, as a device sees them. Used by one thread at a time. */
interface DeviceArrays {

  /**
   * Waits for ND4J's own work and lends arrays to a device.
   *
   * @param arrays dense and row-major, each with a buffer of its own
   */
  Loan lend(INDArray... arrays);

  /** Where arrays are on a device. */
  interface Loan extends AutoCloseable {

    /** Where the array of that number is. */
    DeviceFloats at(int number);

    /** Gives all back, with what the device wrote; it must be done with them. */
    @Override
    void close();
  }
}
