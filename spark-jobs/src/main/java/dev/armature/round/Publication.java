package dev.armature.round;

import dev.armature.distill.QueueSnapshot;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * What the coordinator publishes for a round. The queues travel as a base and the updates since: a
 * process that took part in the last round fetches the newest update alone, one that is new fetches
 * all of them.
 *
 * @param run distinguishes this coordinator's publications from any other's in the same process
 * @param round the round it is for
 * @param model encoders and optimizer
 * @param base the queues as they stood before round {@code baseRound}
 * @param baseRound the first round that the base is for
 * @param updates the updates since, one a round, in order; the last leads to {@code round}
 * @param carried where the workers' own states lie
 * @param carryTo where they put them for the next round
 */
record Publication(
    String run,
    Round round,
    Broadcast<ModelState> model,
    Broadcast<QueueSnapshot> base,
    int baseRound,
    List<Broadcast<QueueUpdate>> updates,
    CarriedStates carried,
    CarriedStates carryTo)
    implements Serializable {

  /** Copies the list. */
  Publication {
    updates = List.copyOf(updates);
    if (baseRound + updates.size() != round.index()) {
      throw new IllegalArgumentException(
          "base of round %d and %d updates do not lead to round %d"
              .formatted(baseRound, updates.size(), round.index()));
    }
  }
}
