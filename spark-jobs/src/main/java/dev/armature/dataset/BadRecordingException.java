package dev.armature.dataset;

/** One recording cannot be used; the others can. */
public final class BadRecordingException extends Exception {
  private static final long serialVersionUID = 1;

  private final Fault fault;

  /**
   * @param message what was found, where in the recording, and what was expected
   */
  public BadRecordingException(Fault fault, String message) {
    // Thousands of these are ordinary in a large folder, and nobody looks at their stacks.
    super(message, null, false, false);
    this.fault = fault;
  }

  /** The kind of reason. */
  public Fault fault() {
    return fault;
  }
}
