package dev.armature.distill;

import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What pre-training minimizes, with its gradient: the sum of a method's losses over streams, a
 * stream being a modality's embeddings by one head.
 *
 * <pre>base     Σ_m contrastive_m
 * mcl      base + weight · Σ_{a≠b} contrast of b's query with a's key and queue
 * crosclr  weight/(M−1) · Σ_{a≠b} contrast of b's query with positives mined by a, also
 * cmd      base + weight · Σ_{a≠b} KL(teacher_a ‖ student_b)
 *          or, as a consensus, base + weight · Σ_b KL(mean of all teachers ‖ student_b)
 * i2md     cmd + Σ_m ( cluster.weight · contrast of the cluster query with the aggregated key
 *              + cluster.fromInstance · KL(teacher of the instance head ‖ student of the cluster head)
 *              + cluster.fromCluster · KL(teacher of the cluster head ‖ student of the instance head) )
 * </pre>
 *
 * <p>{@link ContrastiveLoss}, {@link MinedPositives}, {@link NeighbouringSimilarityDistillation},
 * {@link Consensus} and {@link NeighbourAggregation} have the formulas, {@link LossPlan} puts them
 * together. Two-stage training is two objectives, one without what begins later.
 *
 * <p>Teachers are keys, students are queries. Teachers may be computed apart ({@link #teach}), for
 * many batches in one go, as long as the queues stay as they are.
 *
 * <p>Similarities and their exponentials are single precision, sums over the queue double:
 * permuting all queues alike, or another number of threads, does not change a loss beyond its
 * seventh digit; the number of threads does not change a single bit. An embedding that is no number
 * makes losses that are no numbers, and nothing else: watching for that is the trainer's. Owns
 * threads and native memory (batch × queue floats, with mutual contrast as many for every modality)
 * until {@link #close}; used by one thread at a time.
 */
public final class Objective implements AutoCloseable {
  private final DistillSettings settings;
  private final LossPlan plan;
  private final Streams streams;
  private final int embedding;
  private final Workers workers;
  private final SimilarityProducts products;
  private final RowScratch[] scratch;
  private final Teachers teachers;

  /**
   * @param modalities in the order of all arrays by modality
   * @param embedding length of an embedding, at least 1
   * @param threads how many threads share the work, at least 1
   * @throws IllegalArgumentException if there is no modality, one stands twice, or a number is less
   *     than 1
   */
  public Objective(
      DistillSettings settings, List<Modality> modalities, int embedding, int threads) {
    if (modalities.isEmpty() || embedding < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "modalities, embedding and threads must be at least 1, found %d, %d and %d"
              .formatted(modalities.size(), embedding, threads));
    }
    if (new HashSet<>(modalities).size() < modalities.size()) {
      throw new IllegalArgumentException(
          "a modality stands twice in %s: terms are told apart by their modalities"
              .formatted(Modality.labels(modalities)));
    }
    this.settings = settings;
    this.plan = new LossPlan(settings, modalities);
    this.streams = plan.streams();
    this.embedding = embedding;
    this.workers = new Workers(threads);
    this.products = new SimilarityProducts(settings.queue(), embedding, workers);
    this.scratch =
        Stream.generate(() -> RowScratch.of(settings, modalities.size(), embedding))
            .limit(threads)
            .toArray(RowScratch[]::new);
    this.teachers = new Teachers(settings, plan, embedding, workers, products, scratch);
  }

  /** What is learned from what. */
  public DistillSettings settings() {
    return settings;
  }

  /** The modalities, in the order of all arrays by modality. */
  public List<Modality> modalities() {
    return plan.modalities();
  }

  /** The streams of embeddings, with a queue each. */
  public Streams streams() {
    return streams;
  }

  /**
   * Computes what the keys teach about some sequences; empty where nobody learns from them.
   *
   * @param keys by modality: heads × sequences × embedding, of length 1 each
   * @param queues the queues against which the students will learn
   * @throws IllegalArgumentException if a size does not fit the settings
   */
  public TeacherTargets teach(float[][] keys, AlignedQueues queues, int sequences) {
    check(queues);
    check("keys", keys, sequences);
    return teachers.teach(keys, queues, sequences);
  }

  /**
   * Computes a batch's losses and gradients, with its own keys as teachers.
   *
   * @param queries by modality: heads × batch × embedding, of length 1 each
   * @param keys by modality: heads × batch × embedding, of length 1 each, of the same sequences'
   *     other view
   * @throws IllegalArgumentException if a size does not fit the settings
   */
  public StepLoss compute(float[][] queries, float[][] keys, AlignedQueues queues, int batch) {
    return compute(queries, keys, teach(keys, queues, batch), queues, batch);
  }

  /**
   * Computes a batch's losses and gradients with teachers computed before.
   *
   * @param queries by modality: heads × batch × embedding, of length 1 each
   * @param keys by modality: heads × batch × embedding, of length 1 each, of the same sequences'
   *     other view: the positives of the contrastive losses
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
    double[] values = new double[plan.terms().size()];
    float[][] gradients = new float[streams.modalities()][streams.heads() * batch * embedding];
    for (List<Pass> sharing : plan.passesByQueue()) {
      List<PassRows> rows = new ArrayList<>();
      float[] embeddings = new float[sharing.size() * batch * embedding];
      for (Pass pass : sharing) {
        PassRows own =
            new PassRows(settings, streams, pass, queries, keys, targets, batch, embedding);
        own.readQueries(embeddings, rows.size() * batch * embedding);
        rows.add(own);
      }
      FloatPointer queue = queues.keys(sharing.get(0).queue());
      int count = sharing.size() * batch;
      products.similarities(embeddings, 0, count, queue);
      workers.forEach(
          count,
          (row, worker) -> {
            RowScratch own = scratch[worker];
            products.read(row, own.similarities());
            rows.get(row / batch).compute(row % batch, own);
            products.write(row, own.coefficients());
          });
      float[] combined = products.combine(count, queue);
      for (int i = 0; i < rows.size(); i++) {
        rows.get(i).addGradient(combined, i * batch * embedding, gradients);
        rows.get(i).writeTerms(values);
      }
    }
    List<LossTerm> terms = new ArrayList<>();
    for (int term = 0; term < values.length; term++) {
      terms.add(plan.terms().get(term).with(values[term]));
    }
    return new StepLoss(List.copyOf(terms), targets.mixed(), gradients);
  }

  private void check(AlignedQueues queues) {
    if (queues.modalities() != streams.count()
        || queues.capacity() != settings.queue()
        || queues.embedding() != embedding) {
      throw new IllegalArgumentException(
          "queues of %d %s × %d keys × %d, expected %d × %d × %d"
              .formatted(
                  queues.modalities(),
                  streams.heads() == 1 ? "modalities" : "modalities and heads",
                  queues.capacity(),
                  queues.embedding(),
                  streams.count(),
                  settings.queue(),
                  embedding));
    }
  }

  private void check(String what, float[][] embeddings, int sequences) {
    List<Modality> modalities = plan.modalities();
    if (sequences < 1 || embeddings.length != modalities.size()) {
      throw new IllegalArgumentException(
          "%s of %d modalities and %d sequences, expected %d modalities and at least 1 sequence"
              .formatted(what, embeddings.length, sequences, modalities.size()));
    }
    for (int modality = 0; modality < embeddings.length; modality++) {
      if (embeddings[modality].length != streams.heads() * sequences * embedding) {
        throw new IllegalArgumentException(
            "%s of modality %s have %d numbers, expected %s%d sequences × %d"
                .formatted(
                    what,
                    modalities.get(modality).label(),
                    embeddings[modality].length,
                    streams.heads() == 1 ? "" : streams.heads() + " heads × ",
                    sequences,
                    embedding));
      }
    }
  }

  private void check(TeacherTargets targets, AlignedQueues queues, int batch) {
    if (!targets.settings().equals(settings)) {
      throw new IllegalArgumentException(
          "teacher targets computed with %s, expected %s".formatted(targets.settings(), settings));
    }
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
