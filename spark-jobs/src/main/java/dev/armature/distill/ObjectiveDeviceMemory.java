package dev.armature.distill;

import dev.armature.encoder.DeviceStreamMemory;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What an objective takes of a GPU's memory, and of main memory on the way there, computed from its
 * sizes alone. It follows {@code DeviceObjective} of {@code dev.armature.distill.cuda} and what
 * that is made of buffer by buffer, and a test holds it against what these ask for: whoever changes
 * one changes the other.
 *
 * @param settings what is learned
 * @param modalities in the order of all arrays by modality
 * @param embedding length of an embedding
 * @param batch sequences of a step
 * @param ahead sequences that are taught at once, at least {@code batch}
 */
public record ObjectiveDeviceMemory(
    DistillSettings settings, List<Modality> modalities, int embedding, int batch, int ahead) {

  /** Copies the list. */
  public ObjectiveDeviceMemory {
    modalities = List.copyOf(modalities);
  }

  /** Bytes of the GPU for the mirror of the queues. */
  public long queues() {
    return bytes((long) streams().count() * settings.queue() * embedding);
  }

  /** Bytes of the GPU for what teachers say about all sequences that are taught at once. */
  public long words() {
    LossPlan plan = plan();
    long speaking = IntStream.range(0, streams().count()).filter(plan::speaks).count();
    long agreeing =
        streams().each().stream().filter(head -> plan.teaches(plan.consensus(head))).count();
    long numbers = (speaking + agreeing) * ahead * settings.queue();
    if (plan.aggregates()) {
      long perKey = settings.queue() + (long) embedding + 1;
      numbers += perKey * modalities.size() * ahead;
    }
    boolean taught = speaking > 0 || plan.aggregates();
    return bytes(numbers + (taught ? embeddings(ahead) : 0));
  }

  /** Bytes of the GPU for every student's similarities and the derivatives by them. */
  public long similarities() {
    long students =
        plan().passesByQueue().stream().flatMap(List::stream).map(Pass::student).distinct().count();
    return bytes(2 * students * batch * settings.queue());
  }

  /** Bytes of the GPU for queries, keys, gradients and losses. */
  public long batches() {
    LossPlan plan = plan();
    long rows = plan.terms().size();
    rows += plan.aggregates() ? modalities.size() : 0;
    return bytes(3 * embeddings(batch) + rows * batch);
  }

  /** Bytes of the GPU for streams: all multiply but the one that copies. */
  public long products() {
    return streams().count() * DeviceStreamMemory.PRODUCTS;
  }

  /** Bytes of the GPU, all in all. */
  public long total() {
    return queues() + words() + similarities() + batches() + products();
  }

  /** Bytes of heap: a queue and a batch on their way. */
  public long heap() {
    long queue = (long) settings.queue() * embedding;
    return bytes(queue + embeddings(ahead) + 3 * embeddings(batch));
  }

  private long embeddings(int sequences) {
    return (long) streams().count() * sequences * embedding;
  }

  private static long bytes(long numbers) {
    return numbers * Float.BYTES;
  }

  private LossPlan plan() {
    return new LossPlan(settings, modalities);
  }

  private Streams streams() {
    return new Streams(modalities.size(), settings.heads());
  }
}
