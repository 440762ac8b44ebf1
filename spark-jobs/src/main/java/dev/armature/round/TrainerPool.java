package dev.armature.round;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The idle resources of this process's workers, kept from round to round. Resources of another plan
 * are closed as soon as a new one comes, so that a process never holds the memory of two runs.
 * Thread-safe.
 */
final class TrainerPool {
  private static final Deque<TrainerResources> IDLE = new ArrayDeque<>();

  private TrainerPool() {}

  /** Resources for a plan; the caller gives them back, or closes them if they are in doubt. */
  static TrainerResources borrow(TrainingPlan plan) {
    synchronized (IDLE) {
      while (!IDLE.isEmpty()) {
        TrainerResources idle = IDLE.pop();
        if (idle.plan().equals(plan)) {
          return idle;
        }
        idle.close();
      }
    }
    return new TrainerResources(plan);
  }

  static void giveBack(TrainerResources resources) {
    synchronized (IDLE) {
      IDLE.push(resources);
    }
  }

  /** Closes what is idle. */
  static void clear() {
    synchronized (IDLE) {
      while (!IDLE.isEmpty()) {
        IDLE.pop().close();
      }
    }
  }
}
