package dev.armature.distill;

import dev.armature.augment.Seeds;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The queues of negative keys of all modalities. Position i of every queue comes from the same
 * sequence; this is what distillation rests on, and why the queues cannot be had one by one: they
 * are filled all at once, behind one position. Where encoders have two heads there is a queue for
 * each modality and head, in the order of {@link Streams}; what is said of modalities here holds
 * for these streams.
 *
 * <p>A ring, as in MoCo (He et al., CVPR 2020): new keys overwrite the oldest. The keys are kept in
 * native memory, capacity × embedding floats a modality, where the matrix products read them
 * without a copy; {@link #close} frees it, and the object refuses all use afterwards. Reading may
 * be shared between threads; {@link #enqueue} and {@link #close} need the object for themselves.
 */
public final class AlignedQueues implements AutoCloseable {
  private final int capacity;
  private final int embedding;
  private final List<FloatPointer> keys = new ArrayList<>();
  private long enqueued;

  private AlignedQueues(int modalities, int capacity, int embedding, long enqueued) {
    this.capacity = capacity;
    this.embedding = embedding;
    this.enqueued = enqueued;
    for (int modality = 0; modality < modalities; modality++) {
      keys.add(new FloatPointer((long) capacity * embedding));
    }
  }

  /** Queues with the content of a snapshot, copied. */
  public static AlignedQueues of(QueueSnapshot snapshot) {
    AlignedQueues queues =
        new AlignedQueues(
            snapshot.keys().length, snapshot.capacity(), snapshot.embedding(), snapshot.enqueued());
    for (int modality = 0; modality < snapshot.keys().length; modality++) {
      queues.numbers(modality).put(0, snapshot.keys()[modality]);
    }
    return queues;
  }

  /**
   * Queues at the start of a run: as in MoCo, random directions (normalized normal numbers),
   * independent for every modality.
   *
   * @throws IllegalArgumentException if a size is less than 1
   */
  public static AlignedQueues random(int modalities, int capacity, int embedding, long seed) {
    if (modalities < 1 || capacity < 1 || embedding < 1) {
      throw new IllegalArgumentException(
          "modalities, capacity and embedding must be at least 1, found %d, %d and %d"
              .formatted(modalities, capacity, embedding));
    }
    float[][] keys = new float[modalities][Math.multiplyExact(capacity, embedding)];
    for (int modality = 0; modality < modalities; modality++) {
      SplittableRandom random = new SplittableRandom(Seeds.combine(seed, modality));
      for (int start = 0; start < keys[modality].length; start += embedding) {
        direction(random, keys[modality], start, embedding);
      }
    }
    return of(new QueueSnapshot(capacity, embedding, 0, keys));
  }

  private static void direction(SplittableRandom random, float[] keys, int start, int embedding) {
    double squares = 0;
    for (int i = start; i < start + embedding; i++) {
      keys[i] = (float) random.nextGaussian();
      squares += (double) keys[i] * keys[i];
    }
    for (int i = start; i < start + embedding; i++) {
      keys[i] /= (float) Math.sqrt(squares);
    }
  }

  /** Number of modalities. */
  public int modalities() {
    return keys.size();
  }

  /** Keys in each queue. */
  public int capacity() {
    return capacity;
  }

  /** Length of a key. */
  public int embedding() {
    return embedding;
  }

  /** How many keys of each modality have ever been enqueued. */
  public long enqueued() {
    return enqueued;
  }

  /** Where the next key goes, 0 to capacity − 1. */
  public int position() {
    return (int) (enqueued % capacity);
  }

  /**
   * Enqueues keys, one after another, in all modalities at once. Of more keys than the queues hold,
   * the last stay.
   *
   * @param newKeys by modality: at least count × embedding numbers, of which the first are taken
   * @param count number of keys of each modality, at least 0
   * @throws IllegalArgumentException if there is not one array for each modality or an array is too
   *     short; nothing is enqueued then
   */
  public void enqueue(float[][] newKeys, int count) {
    requireOpen();
    check(newKeys, count);
    int kept = Math.min(count, capacity);
    int skipped = count - kept;
    int start = (int) ((enqueued + skipped) % capacity);
    int untilEnd = Math.min(kept, capacity - start);
    for (int modality = 0; modality < keys.size(); modality++) {
      FloatBuffer queue = numbers(modality);
      float[] source = newKeys[modality];
      int from = skipped * embedding;
      queue.put(start * embedding, source, from, untilEnd * embedding);
      queue.put(0, source, from + untilEnd * embedding, (kept - untilEnd) * embedding);
    }
    enqueued += count;
  }

  /**
   * Moves the next position on, as if keys had been enqueued. For keys that need not be at hand
   * because the next {@link #enqueue} displaces them; the content stays as it is.
   *
   * @param count number of keys of each modality, at least 0
   */
  public void skip(long count) {
    requireOpen();
    if (count < 0) {
      throw new IllegalArgumentException("cannot skip %d keys".formatted(count));
    }
    enqueued += count;
  }

  private void check(float[][] newKeys, int count) {
    if (newKeys.length != keys.size()) {
      throw new IllegalArgumentException(
          "keys of %d modalities for queues of %d: all are enqueued together"
              .formatted(newKeys.length, keys.size()));
    }
    for (int modality = 0; modality < newKeys.length; modality++) {
      if (count < 0 || newKeys[modality].length < (long) count * embedding) {
        throw new IllegalArgumentException(
            "modality %d has %d numbers, expected at least %d keys × %d"
                .formatted(modality, newKeys[modality].length, count, embedding));
      }
    }
  }

  /** The content, copied. */
  public QueueSnapshot snapshot() {
    float[][] copies = new float[keys.size()][capacity * embedding];
    for (int modality = 0; modality < copies.length; modality++) {
      numbers(modality).get(0, copies[modality]);
    }
    return new QueueSnapshot(capacity, embedding, enqueued, copies);
  }

  /** Queues of their own with the same content. */
  public AlignedQueues copy() {
    AlignedQueues copy = new AlignedQueues(keys.size(), capacity, embedding, enqueued);
    for (int modality = 0; modality < keys.size(); modality++) {
      copy.numbers(modality).put(numbers(modality));
    }
    return copy;
  }

  /** Whether other queues have the same sizes, the same keys and the same next position. */
  public boolean sameContent(AlignedQueues other) {
    boolean same =
        modalities() == other.modalities()
            && capacity == other.capacity
            && embedding == other.embedding
            && position() == other.position();
    for (int modality = 0; same && modality < keys.size(); modality++) {
      same = numbers(modality).equals(other.numbers(modality));
    }
    return same;
  }

  /**
   * Copies keys out.
   *
   * @param modality whose queue
   * @param first position of the first key
   * @param count number of keys
   * @return count × embedding
   * @throws IndexOutOfBoundsException if they do not lie within the queue
   */
  public float[] keys(int modality, int first, int count) {
    Objects.checkFromIndexSize(first, count, capacity);
    float[] copy = new float[count * embedding];
    numbers(modality).get(first * embedding, copy);
    return copy;
  }

  /** The native memory of one queue: capacity × embedding; read only. */
  FloatPointer keys(int modality) {
    requireOpen();
    return keys.get(modality);
  }

  private FloatBuffer numbers(int modality) {
    requireOpen();
    return keys.get(modality).asBuffer();
  }

  /**
   * Checks that the memory is still there.
   *
   * @throws IllegalStateException if the queues are closed
   */
  void requireOpen() {
    if (keys.get(0).isNull()) {
      throw new IllegalStateException("these queues are closed; their memory is freed");
    }
  }

  /** Frees the native memory. Idempotent. */
  @Override
  public void close() {
    keys.forEach(FloatPointer::close);
  }
}
