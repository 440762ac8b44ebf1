package dev.armature.round;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The idle resources of this process's workers, kept from round to round. What belongs to no
 * present plan is closed as soon as another plan comes, so that a process does not gather the
 * memory of one run after the other. Thread-safe.
 */
final class TrainerPool {
  /** Those that were given back last come first. */
  private static final Deque<TrainerResources> IDLE = new ArrayDeque<>();

  private TrainerPool() {}

  /**
   * Resources for a plan; the caller gives them back, or closes them if they are in doubt.
   *
   * @param runs how many runs go on side by side, at least 1: the resources of so many plans, this
   *     one and those used last, stay
   */
  static TrainerResources borrow(TrainingPlan plan, int runs) {
    synchronized (IDLE) {
      // What lies in the memory of one GPU is of no use to a task that was given another.
      String gpu = TaskGpu.address();
      TrainerResources found = take(plan, idle -> idle.gpu().equals(gpu));
      if (found != null) {
        return found;
      }
      keepOthers(runs - 1);
    }
    return new TrainerResources(plan);
  }

  private static TrainerResources take(TrainingPlan plan, Predicate<TrainerResources> fits) {
    Iterator<TrainerResources> all = IDLE.iterator();
    while (all.hasNext()) {
      TrainerResources idle = all.next();
      if (idle.plan().equals(plan) && fits.test(idle)) {
        all.remove();
        return idle;
      }
    }
    return null;
  }

  private static void keepOthers(int plans) {
    Set<TrainingPlan> kept = new LinkedHashSet<>();
    Iterator<TrainerResources> all = IDLE.iterator();
    while (all.hasNext()) {
      TrainerResources idle = all.next();
      if (kept.contains(idle.plan()) || kept.size() < plans) {
        kept.add(idle.plan());
      } else {
        all.remove();
        idle.close();
      }
    }
  }

  static void giveBack(TrainerResources resources) {
    synchronized (IDLE) {
      IDLE.push(resources);
    }
  }

  /** Closes what is idle of a plan. */
  static void clear(TrainingPlan plan) {
    synchronized (IDLE) {
      TrainerResources idle = take(plan, any -> true);
      while (idle != null) {
        idle.close();
        idle = take(plan, any -> true);
      }
    }
  }
}
