package dev.armature.distill;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What teachers say about a number of sequences: for each modality and sequence, which positions of
 * the queue are its neighbours and how probable each is.
 *
 * <p>Belongs to the state of the queues it was computed against; positions mean nothing after the
 * next keys are enqueued. A row takes queue/8 + 4·neighbours bytes: 34 KB at 16384 and 8192.
 * Immutable and thread-safe.
 */
public final class TeacherTargets {

  /**
   * One teacher's word on one sequence.
   *
   * @param neighbours a bit for every position of the queue
   * @param probabilities of the neighbours, by rising position; sum to 1
   * @param negativeEntropy Σ p·log p
   */
  record Row(long[] neighbours, float[] probabilities, double negativeEntropy) {

    /** Writes the neighbours' positions, rising. */
    void positions(int[] positions) {
      TeacherTargets.positions(neighbours, positions);
    }
  }

  private final Row[][] rows;
  private final int sequences;
  private final long enqueued;

  /**
   * @param rows by modality and sequence; no modality where nothing is distilled
   * @param enqueued the number of keys that had been enqueued
   */
  TeacherTargets(Row[][] rows, int sequences, long enqueued) {
    this.rows = rows;
    this.sequences = sequences;
    this.enqueued = enqueued;
  }

  /** Number of sequences. */
  public int sequences() {
    return sequences;
  }

  /** {@link AlignedQueues#enqueued} of the queues the targets belong to. */
  public long enqueued() {
    return enqueued;
  }

  /**
   * The targets of some of the sequences; shares their memory.
   *
   * @param from first sequence
   * @param count number of sequences
   * @throws IndexOutOfBoundsException if there are not as many
   */
  public TeacherTargets slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, sequences);
    Row[][] slices = new Row[rows.length][];
    Arrays.setAll(slices, modality -> Arrays.copyOfRange(rows[modality], from, from + count));
    return new TeacherTargets(slices, count, enqueued);
  }

  /** Number of modalities that teach; 0 where nothing is distilled. */
  int modalities() {
    return rows.length;
  }

  /** The modalities that a modality learns from: all others. */
  int[] teachersOf(int student) {
    return IntStream.range(0, rows.length).filter(teacher -> teacher != student).toArray();
  }

  Row row(int modality, int sequence) {
    return rows[modality][sequence];
  }

  /** Writes the positions of the bits that are set, rising. */
  static void positions(long[] bits, int[] positions) {
    int next = 0;
    for (int word = 0; word < bits.length; word++) {
      for (long left = bits[word]; left != 0; left &= left - 1) {
        positions[next++] = word * Long.SIZE + Long.numberOfTrailingZeros(left);
      }
    }
  }
}
