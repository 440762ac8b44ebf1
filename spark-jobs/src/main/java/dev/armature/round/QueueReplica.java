package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * This process's copies of the aligned queues, one a run, brought up to date with each publication.
 * Thread-safe: tasks of one process take turns. A task of an earlier round than the copy's (a
 * straggler that Spark has given up on) builds its own from the publication and leaves the copy
 * alone.
 */
final class QueueReplica {
  /** By run, those used last at the end. */
  private static final Map<String, QueueReplica> BY_RUN = new LinkedHashMap<>(4, 0.75f, true);

  private final AlignedQueues queues;
  private int round;

  private QueueReplica(Publication publication) {
    queues = AlignedQueues.of(publication.base().value());
    round = publication.baseRound();
  }

  /**
   * A copy, for a worker to change and close, of the queues with which a round begins.
   *
   * @param runs how many runs go on side by side, at least 1: the copies of so many stay
   */
  static AlignedQueues copy(Publication publication, int runs) {
    synchronized (BY_RUN) {
      int wanted = publication.round().index();
      QueueReplica replica = BY_RUN.get(publication.run());
      if (replica != null && replica.round > wanted) {
        return new QueueReplica(publication).forwarded(publication).queues;
      }
      if (replica == null || replica.round < publication.baseRound()) {
        clear(publication.run());
        keep(runs - 1);
        replica = new QueueReplica(publication);
        BY_RUN.put(publication.run(), replica);
      }
      return replica.forwarded(publication).queues.copy();
    }
  }

  private QueueReplica forwarded(Publication publication) {
    for (; round < publication.round().index(); round++) {
      QueueUpdate update = publication.updates().get(round - publication.baseRound()).value();
      if (update.round() != round) {
        throw new IllegalStateException(
            "the queues' update is of round %d, expected %d".formatted(update.round(), round));
      }
      update.applyTo(queues);
    }
    return this;
  }

  private static void keep(int runs) {
    Iterator<QueueReplica> oldest = BY_RUN.values().iterator();
    for (int surplus = BY_RUN.size() - runs; surplus > 0; surplus--) {
      oldest.next().queues.close();
      oldest.remove();
    }
  }

  /** Frees the copy of a run. */
  static void clear(String run) {
    synchronized (BY_RUN) {
      QueueReplica replica = BY_RUN.remove(run);
      if (replica != null) {
        replica.queues.close();
      }
    }
  }
}
