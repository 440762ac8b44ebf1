package dev.armature.distill;

import dev.armature.skeleton.Modality;
import java.util.List;

/**
 * What an {@link Objective} takes of a process's memory, computed from its sizes alone.
 *
 * @param settings what is learned
 * @param modalities in the order of all arrays by modality
 * @param embedding length of an embedding
 * @param threads that share the work
 * @param batch sequences of a step
 * @param ahead sequences that are taught at once, at least {@code batch}
 */
public record ObjectiveMemory(
    DistillSettings settings,
    List<Modality> modalities,
    int embedding,
    int threads,
    int batch,
    int ahead) {

  /** Copies the list. */
  public ObjectiveMemory {
    modalities = List.copyOf(modalities);
  }

  /** Native bytes of the similarities of the rows that are computed at once, and their products. */
  public long similarities() {
    LossPlan plan = new LossPlan(settings, modalities);
    int sharing = plan.passesByQueue().stream().mapToInt(List::size).max().orElse(1);
    long rows = Math.max((long) sharing * batch, Math.min(ahead, Teachers.AT_ONCE));
    long blocks = SimilarityProducts.blocks(settings.queue());
    return rows * (settings.queue() + (1 + blocks) * embedding) * Float.BYTES;
  }

  /** Native bytes of one set of queues. */
  public long queues() {
    return (long) streams() * settings.queue() * embedding * Float.BYTES;
  }

  /** Bytes of heap: what the teachers say, and rows of the queue for every thread. */
  public long heap() {
    long row = settings.queue() / 8 + (long) Float.BYTES * settings.neighbours();
    // Arrays of the queue's length in RowScratch and what is in it, at most.
    long arrays = 16L * settings.queue() * Float.BYTES;
    return streams() * (long) ahead * row + threads * arrays;
  }

  private int streams() {
    return new LossPlan(settings, modalities).streams().count();
  }
}
