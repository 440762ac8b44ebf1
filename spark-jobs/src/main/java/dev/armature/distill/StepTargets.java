package dev.armature.distill;

/**
 * What teachers say about a number of sequences, as the objective that computed it keeps it.
 * Belongs to the state of the queues it was computed against, and may be overwritten by that
 * objective's next {@link StepObjective#teach}.
 */
public interface StepTargets {

  /** Number of sequences. */
  int sequences();

  /** {@link AlignedQueues#enqueued} of the queues the targets belong to. */
  long enqueued();

  /**
   * The targets of some of the sequences; shares their memory.
   *
   * @param from first sequence
   * @param count number of sequences
   * @throws IndexOutOfBoundsException if there are not as many
   */
  StepTargets slice(int from, int count);
}
