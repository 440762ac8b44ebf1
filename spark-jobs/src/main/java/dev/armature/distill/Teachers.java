package dev.armature.distill;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.NeighbourAggregation.Aggregate;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Computes what keys teach: the distributions of the streams and their consensus, mined positives,
 * aggregated keys. Used by one thread at a time.
 */
final class Teachers {
  /** Sequences at a time, so that memory does not grow with a round. */
  static final int AT_ONCE = 64;

  private final DistillSettings settings;
  private final LossPlan plan;
  private final Streams streams;
  private final int embedding;
  private final Workers workers;
  private final SimilarityProducts products;
  private final RowScratch[] scratch;

  Teachers(
      DistillSettings settings,
      LossPlan plan,
      int embedding,
      Workers workers,
      SimilarityProducts products,
      RowScratch[] scratch) {
    this.settings = settings;
    this.plan = plan;
    this.streams = plan.streams();
    this.embedding = embedding;
    this.workers = workers;
    this.products = products;
    this.scratch = scratch;
  }

  /**
   * Computes targets.
   *
   * @param keys by modality: heads × sequences × embedding
   */
  TeacherTargets teach(float[][] keys, AlignedQueues queues, int sequences) {
    TeacherTargets.Row[][] rows = new TeacherTargets.Row[plan.teachers()][];
    for (int teacher = 0; teacher < rows.length; teacher++) {
      rows[teacher] = new TeacherTargets.Row[plan.teaches(teacher) ? sequences : 0];
    }
    Aggregate[][] aggregates =
        new Aggregate[plan.aggregates() ? streams.modalities() : 0][sequences];
    for (int first = 0; first < sequences; first += AT_ONCE) {
      Chunk chunk = new Chunk(keys, queues, sequences, first, Math.min(AT_ONCE, sequences - first));
      for (Head head : streams.each()) {
        chunk.teach(head, aggregates, rows);
      }
    }
    return new TeacherTargets(settings, rows, aggregates, sequences, queues.enqueued());
  }

  /** What is done with a row of similarities, by any thread. */
  private interface RowWork {
    void run(int row, RowScratch own);
  }

  /** Some sequences that are next to each other. */
  private final class Chunk {
    private final float[][] keys;
    private final AlignedQueues queues;
    private final int sequences;
    private final int first;
    private final int count;

    Chunk(float[][] keys, AlignedQueues queues, int sequences, int first, int count) {
      this.keys = keys;
      this.queues = queues;
      this.sequences = sequences;
      this.first = first;
      this.count = count;
    }

    /** Everything that the streams of a head teach, and their consensus, as far as it is needed. */
    void teach(Head head, Aggregate[][] aggregates, TeacherTargets.Row[][] rows) {
      boolean consensus = plan.teaches(plan.consensus(head));
      TeacherTargets.Row[][] taught = new TeacherTargets.Row[streams.modalities()][count];
      for (int modality = 0; modality < taught.length; modality++) {
        int stream = streams.index(modality, head);
        boolean alone = plan.teaches(stream);
        teach(modality, head, alone || consensus, aggregates, taught[modality]);
        if (alone) {
          System.arraycopy(taught[modality], 0, rows[stream], first, count);
        }
      }
      if (consensus) {
        TeacherTargets.Row[] agreed = rows[plan.consensus(head)];
        workers.forEach(
            count,
            (row, worker) ->
                agreed[first + row] = scratch[worker].consensus().of(ofSequence(taught, row)));
      }
    }

    private void teach(
        int modality,
        Head head,
        boolean distribution,
        Aggregate[][] aggregates,
        TeacherTargets.Row[] taught) {
      int stream = streams.index(modality, head);
      boolean mixes = head == Head.CLUSTER && aggregates.length > 0;
      boolean fromMix = mixes && settings.cluster().teaches() == Teaches.AGGREGATE;
      float[] ofModality = keys[modality];
      int offset = head.place() * sequences + first;
      if (mixes || distribution) {
        FloatBuffer queue = queues.keys(stream).asBuffer();
        forEach(
            ofModality,
            offset,
            stream,
            (row, own) -> {
              if (mixes) {
                int start = (offset + row) * embedding;
                aggregates[modality][first + row] =
                    own.aggregation().aggregate(ofModality, start, own.similarities(), queue);
              }
              if (distribution && !fromMix) {
                taught[row] = own.teacher().target(own.similarities());
              }
            });
      }
      if (distribution && fromMix) {
        float[] mixed = TeacherTargets.keys(aggregates[modality], first, count, embedding);
        forEach(
            mixed, 0, stream, (row, own) -> taught[row] = own.teacher().target(own.similarities()));
      }
    }

    /** Works on the similarities of embeddings with a stream's queue. */
    private void forEach(float[] embeddings, int offset, int stream, RowWork work) {
      products.similarities(embeddings, offset, count, queues.keys(stream));
      workers.forEach(
          count,
          (row, worker) -> {
            RowScratch own = scratch[worker];
            products.read(row, own.similarities());
            work.run(row, own);
          });
    }
  }

  private static TeacherTargets.Row[] ofSequence(TeacherTargets.Row[][] taught, int row) {
    TeacherTargets.Row[] teachers = new TeacherTargets.Row[taught.length];
    Arrays.setAll(teachers, modality -> taught[modality][row]);
    return teachers;
  }
}
