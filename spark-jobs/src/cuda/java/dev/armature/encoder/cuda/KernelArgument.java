package dev.armature.encoder.cuda;

/** How an argument of a kernel lies in memory. */
final class KernelArgument {
  private KernelArgument() {}

  /** Eight bytes, of which a little-endian machine reads the first four of a shorter one. */
  static long bits(Object argument) {
    if (argument == null) {
      // Memory that is left out.
      return 0;
    }
    if (argument instanceof DeviceFloats floats) {
      return floats.address();
    }
    if (argument instanceof Integer number) {
      return number;
    }
    if (argument instanceof Long number) {
      return number;
    }
    if (argument instanceof Float number) {
      return Integer.toUnsignedLong(Float.floatToRawIntBits(number));
    }
    throw new IllegalArgumentException(
        "a kernel takes memory, int, long or float, found " + argument);
  }
}
