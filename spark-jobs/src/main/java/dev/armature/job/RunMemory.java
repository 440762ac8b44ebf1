package dev.armature.job;

import dev.armature.report.RecordedRounds;
import dev.armature.round.DivergedException;
import dev.armature.round.DivergenceGuard;
import dev.armature.round.DivergenceGuard.Verdict;
import dev.armature.round.GuardSettings;
import dev.armature.round.QueueAge;
import dev.armature.round.RoundLosses;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a run that goes on knows of its rounds before: as much as if it had never been interrupted.
 *
 * <p>It is learned from {@code metrics.jsonl} and not from the checkpoint. The losses there are the
 * whole of what a guard decides by, and are in the file before the checkpoint that follows on them,
 * on object stores, too. So a checkpoint keeps its bytes, whatever is asked of a guard; the
 * settings of a guard may change from one attempt to the next, and count for all rounds; and the
 * rounds after the checkpoint tell, before they are done again, that they lead where the run was
 * ended. If somebody has lost the file, the guard compares with fewer rounds, and a line says so.
 *
 * @param rounds that are done
 * @param guard has seen those, as far as they are written down
 * @param queueAge likewise
 * @param good the newest checkpoint from before a loss began to rise, by its rounds; empty if there
 *     is none
 * @param missing how many of the rounds are not written down
 * @param stopped why the run ended, in the rounds that are written down, those after the checkpoint
 *     included; training is deterministic, and it would end so again
 */
record RunMemory(
    int rounds,
    DivergenceGuard guard,
    QueueAge queueAge,
    OptionalInt good,
    int missing,
    Optional<DivergedException> stopped) {

  /** Of a run that begins. */
  static RunMemory empty(GuardSettings settings, TrainingPlan plan) {
    return new RunMemory(
        0,
        new DivergenceGuard(settings, plan),
        new QueueAge(plan),
        OptionalInt.empty(),
        0,
        Optional.empty());
  }

  /**
   * Of a run in its folder, with the folder's patience.
   *
   * @param rounds that are done: those of the checkpoint it goes on from
   * @param last the number of rounds with which it is to end
   */
  static RunMemory recall(
      RunFolder folder, GuardSettings settings, TrainingPlan plan, int rounds, int last)
      throws IOException {
    return folder
        .patience()
        .insist(
            "read",
            folder.path(),
            () -> {
              Recalling recalling =
                  new Recalling(
                      settings, plan, rounds, last, new HashSet<>(folder.checkpoints().rounds()));
              RecordedRounds.read(folder.fileSystem(), folder.path(), recalling::see);
              return recalling.memory();
            });
  }

  /** Sees again what was written down. */
  private static final class Recalling {
    private final int rounds;
    private final int last;
    private final Set<Integer> checkpoints;
    private final DivergenceGuard guard;
    private final QueueAge queueAge;

    /** Those that have also seen the rounds that are to be done again. */
    private final DivergenceGuard judge;

    private final QueueAge judgesAge;
    private int known;
    private OptionalInt good;
    private Optional<DivergedException> stopped = Optional.empty();

    Recalling(
        GuardSettings settings, TrainingPlan plan, int rounds, int last, Set<Integer> checkpoints) {
      this.rounds = rounds;
      this.last = last;
      this.checkpoints = checkpoints;
      guard = new DivergenceGuard(settings, plan);
      queueAge = new QueueAge(plan);
      judge = new DivergenceGuard(settings, plan);
      judgesAge = new QueueAge(plan);
      // As long as nothing is known of its round.
      good = rounds > 0 ? OptionalInt.of(rounds) : OptionalInt.empty();
    }

    void see(RoundLosses losses) {
      int done = losses.round().index() + 1;
      if (done <= rounds) {
        guard.see(losses, queueAge.after(losses.round()).filled());
        known++;
        remember(done, guard.verdict());
      }
      if (stopped.isEmpty()) {
        judge.see(losses, judgesAge.after(losses.round()).filled());
        stopped = judged(done);
      }
    }

    /** What a checkpoint was worth that is still there. */
    private void remember(int done, Verdict verdict) {
      if (!checkpoints.contains(done)) {
        return;
      }
      if (verdict == Verdict.GOOD) {
        good = OptionalInt.of(done);
      } else if (done == rounds && good.isPresent() && good.getAsInt() == rounds) {
        good = OptionalInt.empty();
      }
    }

    /** Rounds before the checkpoint were judged when they were done, by the settings of then. */
    private Optional<DivergedException> judged(int done) {
      try {
        if (done > rounds) {
          judge.judge();
        }
        if (done == last) {
          judge.end();
        }
        return Optional.empty();
      } catch (DivergedException again) {
        return Optional.of(again);
      }
    }

    RunMemory memory() {
      return new RunMemory(rounds, guard, queueAge, good, rounds - known, stopped);
    }
  }
}
