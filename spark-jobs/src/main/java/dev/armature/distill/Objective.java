package dev.armature.distill;

import dev.armature.skeleton.Modality;
import java.util.ArrayList;
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
public final class Objective implements StepObjective {
  private final DistillSettings settings;
  private final LossPlan plan;
  private final Streams streams;
  private final StepSizes sizes;
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
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    this.sizes = new StepSizes(settings, modalities, embedding);
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

  @Override
  public DistillSettings settings() {
    return settings;
  }

  @Override
  public List<Modality> modalities() {
    return plan.modalities();
  }

  @Override
  public Streams streams() {
    return streams;
  }

  @Override
  public TeacherTargets teach(float[][] keys, AlignedQueues queues, int sequences) {
    sizes.check(queues);
    sizes.check("keys", keys, sequences);
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

  @Override
  public StepLoss compute(
      float[][] queries, float[][] keys, StepTargets given, AlignedQueues queues, int batch) {
    sizes.check(queues);
    sizes.check("queries", queries, batch);
    sizes.check("keys", keys, batch);
    TeacherTargets targets = own(given, queues, batch);
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

  private TeacherTargets own(StepTargets targets, AlignedQueues queues, int batch) {
    if (!(targets instanceof TeacherTargets rows)) {
      throw new IllegalArgumentException(
          "teacher targets of another kind of objective, " + targets.getClass().getSimpleName());
    }
    if (!rows.settings().equals(settings)) {
      throw new IllegalArgumentException(
          "teacher targets computed with %s, expected %s".formatted(rows.settings(), settings));
    }
    sizes.check(targets, queues, batch);
    return rows;
  }

  /** Nothing is only started here. */
  @Override
  public void settle() {}

  /** Stops the threads and frees the native memory. Idempotent. */
  @Override
  public void close() {
    workers.close();
    products.close();
  }
}
