package dev.armature.distill;

import dev.armature.distill.NeighbourAggregation.Aggregate;
import java.util.Arrays;
import java.util.Objects;

/**
 * What teachers say about a number of sequences: for each teacher and sequence, which positions of
 * the queue are its neighbours and how probable each is; with a cluster branch, the aggregated
 * keys.
 *
 * <p>Belongs to the state of the queues it was computed against; positions mean nothing after the
 * next keys are enqueued. A row takes queue/8 + 4·neighbours bytes, 34 KB at 16384 and 8192; an
 * aggregated key 4·(embedding + its neighbours). Immutable and thread-safe.
 */
public final class TeacherTargets implements StepTargets {

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

  private final DistillSettings settings;
  private final Row[][] rows;
  private final Aggregate[][] aggregates;
  private final int sequences;
  private final long enqueued;

  /**
   * @param settings of the objective that computed them
   * @param rows by teacher and sequence; no sequence where nobody needs the teacher
   * @param aggregates by modality and sequence; no modality where nothing is aggregated
   * @param enqueued the number of keys that had been enqueued
   */
  TeacherTargets(
      DistillSettings settings,
      Row[][] rows,
      Aggregate[][] aggregates,
      int sequences,
      long enqueued) {
    this.settings = settings;
    this.rows = rows;
    this.aggregates = aggregates;
    this.sequences = sequences;
    this.enqueued = enqueued;
  }

  /** What the keys were asked to teach. */
  DistillSettings settings() {
    return settings;
  }

  @Override
  public int sequences() {
    return sequences;
  }

  @Override
  public long enqueued() {
    return enqueued;
  }

  @Override
  public TeacherTargets slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, sequences);
    Row[][] ownRows = rows.clone();
    for (int teacher = 0; teacher < ownRows.length; teacher++) {
      if (ownRows[teacher].length > 0) {
        ownRows[teacher] = Arrays.copyOfRange(rows[teacher], from, from + count);
      }
    }
    Aggregate[][] ownAggregates = aggregates.clone();
    Arrays.setAll(
        ownAggregates, modality -> Arrays.copyOfRange(aggregates[modality], from, from + count));
    return new TeacherTargets(settings, ownRows, ownAggregates, count, enqueued);
  }

  Row row(int teacher, int sequence) {
    return rows[teacher][sequence];
  }

  Aggregate aggregate(int modality, int sequence) {
    return aggregates[modality][sequence];
  }

  /**
   * By modality, how many neighbours a key was mixed with in the mean; empty without aggregation.
   */
  double[] mixed() {
    return Arrays.stream(aggregates)
        .mapToDouble(
            keys ->
                Arrays.stream(keys).mapToInt(key -> key.neighbours().length).average().orElse(0))
        .toArray();
  }

  /** A modality's aggregated keys: sequences × embedding. */
  float[] aggregatedKeys(int modality, int embedding) {
    return keys(aggregates[modality], 0, sequences, embedding);
  }

  /** Some aggregated keys in one array: count × embedding. */
  static float[] keys(Aggregate[] aggregates, int first, int count, int embedding) {
    float[] keys = new float[count * embedding];
    for (int i = 0; i < count; i++) {
      System.arraycopy(aggregates[first + i].key(), 0, keys, i * embedding, embedding);
    }
    return keys;
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
