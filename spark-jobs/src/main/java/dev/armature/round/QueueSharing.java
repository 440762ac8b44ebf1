package dev.armature.round;

/** Whose keys are a worker's negatives. */
public enum QueueSharing {
  /** All workers': the keys of a round enter the common queues, in one order. */
  SHARED,
  /**
   * Its own: each worker has queues that only its own keys enter, all modalities at once, and keeps
   * them from round to round. No key travels. A worker that is new, of number w, begins with the
   * queues of worker w mod the number of workers before.
   */
  LOCAL
}
