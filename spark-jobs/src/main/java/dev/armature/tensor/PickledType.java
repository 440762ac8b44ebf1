package dev.armature.tensor;

import java.util.Optional;
import java.util.Set;

/**
 * NumPy's {@code dtype} of plain numbers as a pickle builds it: its kind first, its byte order
 * after.
 */
final class PickledType {
  private static final Set<String> KINDS =
      Set.of("b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8");

  private final String kind;
  private boolean bigEndian;

  private PickledType(String kind) {
    this.kind = kind;
  }

  /** The type of a kind such as {@code f2}, if its numbers are read. */
  static Optional<PickledType> of(String kind) {
    return KINDS.contains(kind) ? Optional.of(new PickledType(kind)) : Optional.empty();
  }

  /**
   * Takes the byte order as NumPy has it: {@code <}, {@code >}, or {@code =} and {@code |} for that
   * of the machine, which is taken for little-endian.
   */
  void order(String order) {
    bigEndian = order.equals(">");
  }

  String kind() {
    return kind;
  }

  boolean bigEndian() {
    return bigEndian;
  }

  /** Bytes a number. */
  int bytes() {
    return kind.charAt(1) - '0';
  }

  /** Whether its numbers are floating-point numbers. */
  boolean real() {
    return kind.charAt(0) == 'f';
  }

  @Override
  public String toString() {
    return (bigEndian ? ">" : "<") + kind;
  }
}
