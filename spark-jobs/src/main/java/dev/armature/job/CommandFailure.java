package dev.armature.job;

/**
 * Tells a cluster manager that runs the driver why a command failed: it shows what was thrown to
 * whoever submitted it. Without a stack trace, which is in the driver's log if it was asked for.
 */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailure(int exitCode, String reason) {
    super("exit code %d: %s".formatted(exitCode, reason), null, false, false);
  }
}
