package dev.armature.distill;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.NeighbourAggregation.Aggregate;
import java.nio.FloatBuffer;

/**
 * Computes what keys teach: the distributions of the streams and their consensus, mined positives,
 * aggregated keys. Used by one thread at a time.
 */
final class Teachers {
  /** Sequences at a time, so that memory does not grow with a round. */
  private static final int AT_ONCE = 64;

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
    int aggregating = plan.aggregates() ? streams.modalities() : 0;
    Aggregate[][] aggregates = new Aggregate[aggregating][sequences];
    for (int first = 0; first < sequences; first += AT_ONCE) {
      Chunk chunk = new Chunk(keys, queues, sequences, first, Math.min(AT_ONCE, sequences - first));
      if (aggregating > 0) {
        chunk.aggregate(aggregates);
      }
      for (int head = 0; head < streams.heads(); head++) {
        chunk.distributions(Head.values()[head], aggregates, rows);
      }
    }
    return new TeacherTargets(settings, rows, aggregates, sequences, queues.enqueued());
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

    void aggregate(Aggregate[][] aggregates) {
      for (int modality = 0; modality < aggregates.length; modality++) {
        int stream = streams.index(modality, Head.CLUSTER);
        int offset = sequences + first;
        float[] ofModality = keys[modality];
        Aggregate[] own = aggregates[modality];
        FloatBuffer queue = queues.keys(stream).asBuffer();
        products.similarities(ofModality, offset, count, queues.keys(stream));
        workers.forEach(
            count,
            (row, worker) -> {
              RowScratch rowScratch = scratch[worker];
              products.read(row, rowScratch.similarities());
              own[first + row] =
                  rowScratch
                      .aggregation()
                      .aggregate(
                          ofModality, (offset + row) * embedding, rowScratch.similarities(), queue);
            });
      }
    }

    /** The distributions of a head's streams, and their consensus, as far as they are needed. */
    void distributions(Head head, Aggregate[][] aggregates, TeacherTargets.Row[][] rows) {
      boolean consensus = plan.teaches(plan.consensus(head));
      TeacherTargets.Row[][] taught = new TeacherTargets.Row[streams.modalities()][];
      for (int modality = 0; modality < taught.length; modality++) {
        int stream = streams.index(modality, head);
        boolean alone = plan.teaches(stream);
        if (alone || consensus) {
          taught[modality] = distributions(modality, head, aggregates);
        }
        if (alone) {
          System.arraycopy(taught[modality], 0, rows[stream], first, count);
        }
      }
      if (consensus) {
        TeacherTargets.Row[] agreed = rows[plan.consensus(head)];
        workers.forEach(
            count,
            (row, worker) -> {
              TeacherTargets.Row[] teachers = new TeacherTargets.Row[taught.length];
              for (int modality = 0; modality < teachers.length; modality++) {
                teachers[modality] = taught[modality][row];
              }
              agreed[first + row] = Consensus.of(teachers);
            });
      }
    }

    private TeacherTargets.Row[] distributions(int modality, Head head, Aggregate[][] aggregates) {
      int stream = streams.index(modality, head);
      if (head == Head.CLUSTER && settings.cluster().teaches() == Teaches.AGGREGATE) {
        float[] mixed = TeacherTargets.keys(aggregates[modality], first, count, embedding);
        products.similarities(mixed, 0, count, queues.keys(stream));
      } else {
        int offset = head.ordinal() * sequences + first;
        products.similarities(keys[modality], offset, count, queues.keys(stream));
      }
      TeacherTargets.Row[] targets = new TeacherTargets.Row[count];
      workers.forEach(
          count,
          (row, worker) -> {
            RowScratch own = scratch[worker];
            products.read(row, own.similarities());
            targets[row] = own.teacher().target(own.similarities());
          });
      return targets;
    }
  }
}
