package dev.armature.round;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How old the oldest key is that queries are contrasted with. It was made by the key encoders of
 * its time: the older, the less alike are the encoders that are compared. Not thread-safe.
 */
public final class QueueAge {

  /**
   * An age, at the end of a round.
   *
   * @param rounds between the round in which the key was made and this one; 0 if it was this one
   * @param steps of a worker between the step in which it was made and the last one
   * @param filled whether there is no key left of the random ones that a queue begins with; until
   *     then the age is that of the run
   */
  public record Age(int rounds, long steps, boolean filled) {}

  private record Part(int index, int steps, long keysPerStep) {}

  private final TrainingPlan plan;
  private final Deque<Part> newestFirst = new ArrayDeque<>();
  private long keys;

  /** The age in a run's queues, of which nothing is known yet. */
  public QueueAge(TrainingPlan plan) {
    this.plan = plan;
  }

  /**
   * The age after a round. Rounds before the first one that is asked for are taken to have had as
   * many keys as that one.
   *
   * @param round the next one
   */
  public Age after(Round round) {
    boolean shared = plan.round().sharing().queues() == QueueSharing.SHARED;
    long keysPerStep = (long) plan.train().batch() * (shared ? round.workers() : 1);
    newestFirst.addFirst(new Part(round.index(), round.steps(), keysPerStep));
    keys += round.steps() * keysPerStep;
    forgetWhatHasLeft();
    return age(round);
  }

  private void forgetWhatHasLeft() {
    Part oldest = newestFirst.getLast();
    while (keys - oldest.steps() * oldest.keysPerStep() >= plan.distill().queue()) {
      keys -= oldest.steps() * oldest.keysPerStep();
      newestFirst.removeLast();
      oldest = newestFirst.getLast();
    }
  }

  private Age age(Round round) {
    long wanted = plan.distill().queue();
    long steps = 0;
    for (Part part : newestFirst) {
      long needed = (wanted + part.keysPerStep() - 1) / part.keysPerStep();
      if (needed <= part.steps()) {
        return new Age(round.index() - part.index(), steps + needed - 1, true);
      }
      wanted -= part.steps() * part.keysPerStep();
      steps += part.steps();
    }
    return beforeKnown(round, steps, wanted);
  }

  private Age beforeKnown(Round round, long steps, long wanted) {
    Part first = newestFirst.getLast();
    long needed = (wanted + first.keysPerStep() - 1) / first.keysPerStep();
    long all = round.firstStep() + round.steps();
    if (steps + needed > all) {
      return new Age(round.index() + 1, all, false);
    }
    long rounds = (needed + first.steps() - 1) / first.steps();
    return new Age(
        (int) Math.min(round.index(), round.index() - first.index() + rounds),
        steps + needed - 1,
        true);
  }
}
