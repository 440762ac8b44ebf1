package dev.armature.distill;

import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.stream.Stream;

/**
 * What pre-training minimizes, with its gradient: the contrastive loss of every modality and the
 * distillation of every modality's neighbouring similarity distribution into every other's.
 *
 * <pre>total = Σ_m contrastive_m + weight · Σ_{a≠b} KL(teacher_a ‖ student_b)</pre>
 *
 * <p>Teachers are keys, students are queries. Teachers may be computed apart ({@link #teach}), for
 * many batches in one go, as long as the queues stay as they are.
 *
 * <p>Similarities and their exponentials are single precision, sums over the queue double:
 * permuting all queues alike, or another number of threads, does not change a loss beyond its
 * seventh digit; the number of threads does not change a single bit. An embedding that is no number
 * makes losses that are no numbers, and nothing else: watching for that is the trainer's. Owns
 * threads and native memory (batch × queue floats) until {@link #close}; used by one thread at a
 * time.
 */
public final class Objective implements AutoCloseable {
  /** Sequences whose teachers are computed at a time, so that memory does not grow with a round. */
  private static final int TEACHERS_AT_ONCE = 64;

  private final DistillSettings settings;
  private final List<Modality> modalities;
  private final int embedding;
  private final Workers workers;
  private final SimilarityProducts products;
  private final RowScratch[] scratch;

  /**
   * @param modalities in the order of all arrays by modality
   * @param embedding length of an embedding, at least 1
   * @param threads how many threads share the work, at least 1
   * @throws IllegalArgumentException if there is no modality or a number is less than 1
   */
  public Objective(
      DistillSettings settings, List<Modality> modalities, int embedding, int threads) {
    if (modalities.isEmpty() || embedding < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "modalities, embedding and threads must be at least 1, found %d, %d and %d"
              .formatted(modalities.size(), embedding, threads));
    }
    this.settings = settings;
    this.modalities = List.copyOf(modalities);
    this.embedding = embedding;
    this.workers = new Workers(threads);
    this.products = new SimilarityProducts(settings.queue(), embedding, workers);
    this.scratch =
        Stream.generate(() -> RowScratch.of(settings)).limit(threads).toArray(RowScratch[]::new);
  }

  /** The modalities, in the order of all arrays by modality. */
  public List<Modality> modalities() {
    return modalities;
  }

  /**
   * Computes what the keys teach about some sequences; empty where nothing is distilled.
   *
   * @param keys by modality: sequences × embedding, of length 1 each
   * @param queues the queues against which the students will learn
   * @throws IllegalArgumentException if a size does not fit the settings
   */
  public TeacherTargets teach(float[][] keys, AlignedQueues queues, int sequences) {
    check(queues);
    check("keys", keys, sequences);
    boolean distils = settings.distils(modalities.size());
    TeacherTargets.Row[][] rows =
        new TeacherTargets.Row[distils ? modalities.size() : 0][sequences];
    for (int modality = 0; modality < rows.length; modality++) {
      for (int start = 0; start < sequences; start += TEACHERS_AT_ONCE) {
        int first = start;
        int count = Math.min(TEACHERS_AT_ONCE, sequences - first);
        TeacherTargets.Row[] targets = rows[modality];
        products.similarities(keys[modality], first, count, queues.keys(modality));
        workers.forEach(
            count,
            (row, worker) -> {
              RowScratch own = scratch[worker];
              products.read(row, own.similarities());
              targets[first + row] = own.teacher().target(own.similarities());
            });
      }
    }
    return new TeacherTargets(rows, sequences, queues.enqueued());
  }

  /**
   * Computes a batch's losses and gradients, with its own keys as teachers.
   *
   * @param queries by modality: batch × embedding, of length 1 each
   * @param keys by modality: batch × embedding, of length 1 each, of the same sequences' other view
   * @throws IllegalArgumentException if a size does not fit the settings
   */
  public StepLoss compute(float[][] queries, float[][] keys, AlignedQueues queues, int batch) {
    return compute(queries, keys, teach(keys, queues, batch), queues, batch);
  }

  /**
   * Computes a batch's losses and gradients with teachers computed before.
   *
   * @param queries by modality: batch × embedding, of length 1 each
   * @param keys by modality: batch × embedding, of length 1 each, of the same sequences' other
   *     view: the positives of the contrastive losses
   * @param targets from {@link #teach} with the same queues, for the same sequences
   * @throws IllegalArgumentException if a size does not fit the settings, or keys were enqueued
   *     since the targets were computed
   */
  public StepLoss compute(
      float[][] queries, float[][] keys, TeacherTargets targets, AlignedQueues queues, int batch) {
    check(queues);
    check("queries", queries, batch);
    check("keys", keys, batch);
    check(targets, queues, batch);
    int count = modalities.size();
    double[] contrastive = new double[count];
    double[][] distillation = new double[count][count];
    float[][] gradients = new float[count][];
    for (int student = 0; student < count; student++) {
      StudentRows rows =
          new StudentRows(
              settings, student, queries[student], keys[student], targets, batch, embedding);
      products.similarities(queries[student], 0, batch, queues.keys(student));
      workers.forEach(
          batch,
          (row, worker) -> {
            RowScratch own = scratch[worker];
            products.read(row, own.similarities());
            rows.compute(row, own);
            products.write(row, own.coefficients());
          });
      gradients[student] = products.combine(batch, queues.keys(student));
      rows.addPositives(gradients[student]);
      contrastive[student] = rows.contrastive();
      for (int teacher : targets.teachersOf(student)) {
        distillation[teacher][student] = rows.distillation(teacher);
      }
    }
    StepLoss parts = new StepLoss(contrastive, distillation, 0, gradients);
    double total = parts.contrastiveTotal() + settings.weight() * parts.distillationTotal();
    return new StepLoss(contrastive, distillation, total, gradients);
  }

  private void check(AlignedQueues queues) {
    if (queues.modalities() != modalities.size()
        || queues.capacity() != settings.queue()
        || queues.embedding() != embedding) {
      throw new IllegalArgumentException(
          "queues of %d modalities × %d keys × %d, expected %d × %d × %d"
              .formatted(
                  queues.modalities(),
                  queues.capacity(),
                  queues.embedding(),
                  modalities.size(),
                  settings.queue(),
                  embedding));
    }
  }

  private void check(String what, float[][] embeddings, int sequences) {
    if (sequences < 1 || embeddings.length != modalities.size()) {
      throw new IllegalArgumentException(
          "%s of %d modalities and %d sequences, expected %d modalities and at least 1 sequence"
              .formatted(what, embeddings.length, sequences, modalities.size()));
    }
    for (int modality = 0; modality < embeddings.length; modality++) {
      if (embeddings[modality].length != sequences * embedding) {
        throw new IllegalArgumentException(
            "%s of modality %s have %d numbers, expected %d sequences × %d"
                .formatted(
                    what,
                    modalities.get(modality).label(),
                    embeddings[modality].length,
                    sequences,
                    embedding));
      }
    }
  }

  private static void check(TeacherTargets targets, AlignedQueues queues, int batch) {
    if (targets.sequences() != batch || targets.enqueued() != queues.enqueued()) {
      throw new IllegalArgumentException(
          "teacher targets for %d sequences at %d enqueued keys, expected %d sequences at %d: targets belong to one state of the queues"
              .formatted(targets.sequences(), targets.enqueued(), batch, queues.enqueued()));
    }
  }

  /** Stops the threads and frees the native memory. Idempotent. */
  @Override
  public void close() {
    workers.close();
    products.close();
  }
}
