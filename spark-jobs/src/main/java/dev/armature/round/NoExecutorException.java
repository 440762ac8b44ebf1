package dev.armature.round;

import java.time.Duration;

/** A round cannot begin, or come to its end: the cluster has given no executor for too long. */
public final class NoExecutorException extends RuntimeException {
  NoExecutorException(Duration waited) {
    super(
        "no executor for %d seconds (round.wait-seconds): the cluster has no room, or its executors do not start (their logs say why); once it has, the same call with --resume goes on from the newest checkpoint"
            .formatted(waited.toSeconds()));
  }
}
