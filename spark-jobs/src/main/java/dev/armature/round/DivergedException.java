package dev.armature.round;

/** A loss is no longer a finite number. */
public final class DivergedException extends RuntimeException {
  DivergedException(String message) {
    super(message);
  }
}
