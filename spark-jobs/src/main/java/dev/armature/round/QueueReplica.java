package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import java.util.Optional;

/**
 * This process's copy of the aligned queues, brought up to date with each publication. Thread-safe:
 * tasks of one process take turns. A task of an earlier round than the copy's (a straggler that
 * Spark has given up on) builds its own from the publication and leaves the copy alone.
 */
final class QueueReplica {
  private static String run = "";
  private static int round;
  private static Optional<AlignedQueues> copy = Optional.empty();

  private QueueReplica() {}

  /** A copy, for a worker to change and close, of the queues with which a round begins. */
  static synchronized AlignedQueues copy(Publication publication) {
    int wanted = publication.round().index();
    boolean ours = copy.isPresent() && run.equals(publication.run());
    if (ours && round > wanted) {
      return rebuild(publication);
    }
    if (!ours || round < publication.baseRound()) {
      clear();
      copy = Optional.of(AlignedQueues.of(publication.base().value()));
      run = publication.run();
      round = publication.baseRound();
    }
    AlignedQueues queues = copy.orElseThrow();
    for (; round < wanted; round++) {
      apply(publication, round, queues);
    }
    return queues.copy();
  }

  private static AlignedQueues rebuild(Publication publication) {
    AlignedQueues queues = AlignedQueues.of(publication.base().value());
    for (int r = publication.baseRound(); r < publication.round().index(); r++) {
      apply(publication, r, queues);
    }
    return queues;
  }

  private static void apply(Publication publication, int updated, AlignedQueues queues) {
    QueueUpdate update = publication.updates().get(updated - publication.baseRound()).value();
    if (update.round() != updated) {
      throw new IllegalStateException(
          "the queues' update is of round %d, expected %d".formatted(update.round(), updated));
    }
    update.applyTo(queues);
  }

  /** Frees the copy. */
  static synchronized void clear() {
    copy.ifPresent(AlignedQueues::close);
    copy = Optional.empty();
    run = "";
  }
}
