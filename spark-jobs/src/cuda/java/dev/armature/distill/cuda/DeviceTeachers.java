package dev.armature.distill.cuda;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.Head;
import dev.armature.distill.LossPlan;
import dev.armature.distill.Streams;
import dev.armature.encoder.cuda.DeviceBuffers;
import dev.armature.encoder.cuda.DeviceFloats;
import dev.armature.encoder.cuda.DeviceStream;
import dev.armature.encoder.cuda.DeviceStream.Product;
import dev.armature.encoder.cuda.LossKernels;

/**
 * What keys teach, on a device: the words of the streams and of their consensus, and the aggregated
 * keys of cluster heads with those that are in them. All of it stays there, until the next teaching
 * overwrites it: sequences × queue floats for each word, and as many for each modality whose keys are
 * aggregated.
 */
final class DeviceTeachers {
  private final DistillSettings settings;
  private final LossPlan plan;
  private final Streams streams;
  private final DeviceLanes lanes;
  private final DeviceBuffers buffers;
  private final DeviceQueues mirror;
  private final int queue;
  private final int embedding;

  DeviceTeachers(
      DistillSettings settings,
      LossPlan plan,
      int embedding,
      DeviceLanes lanes,
      DeviceBuffers buffers,
      DeviceQueues mirror) {
    this.settings = settings;
    this.plan = plan;
    this.streams = plan.streams();
    this.lanes = lanes;
    this.buffers = buffers;
    this.mirror = mirror;
    this.queue = settings.queue();
    this.embedding = embedding;
  }

  /**
   * Starts the teaching.
   *
   * @param keys by modality: heads × sequences × embedding
   */
  void teach(float[][] keys, AlignedQueues queues, int sequences) {
    boolean needed = false;
    for (int stream = 0; stream < streams.count(); stream++) {
      needed |= plan.speaks(stream) || aggregates(stream);
    }
    if (!needed) {
      return;
    }
    DeviceEmbeddings all =
        DeviceEmbeddings.upload(lanes.main(), buffers, "keys that teach", streams, keys);
    lanes.part();
    for (int stream = 0; stream < streams.count(); stream++) {
      if (plan.speaks(stream) || aggregates(stream)) {
        teach(stream, all.of(stream), queues, sequences);
      }
    }
    lanes.meet();
    for (Head head : streams.each()) {
      if (plan.teaches(plan.consensus(head))) {
        agree(head, sequences);
      }
    }
  }

  private boolean aggregates(int stream) {
    return streams.head(stream) == Head.CLUSTER && plan.aggregates();
  }

  /** On the stream's own lane. */
  private void teach(int stream, DeviceFloats keys, AlignedQueues queues, int sequences) {
    DeviceStream lane = lanes.lane(stream);
    LossKernels kernels = lane.losses();
    boolean mixed = aggregates(stream);
    boolean fromMix = mixed && settings.cluster().teaches() == Teaches.AGGREGATE;
    if (mixed) {
      int modality = streams.modality(stream);
      DeviceFloats similarities = aggregated(modality, sequences);
      similarities(lane, keys, sequences, queues, stream, similarities);
      if (plan.speaks(stream) && !fromMix) {
        lane.copy(similarities, word(stream, sequences));
      }
      kernels.aggregate(
          similarities,
          keys,
          mirror.keys(queues, stream),
          aggregates(modality, sequences),
          counts(modality, sequences),
          sequences,
          queue,
          embedding,
          Math.min(settings.cluster().most(), queue),
          (float) settings.cluster().leastSimilarity(),
          (float) (1 / settings.cluster().temperature()));
    }
    if (plan.speaks(stream)) {
      DeviceFloats word = word(stream, sequences);
      if (fromMix) {
        DeviceFloats mixes = aggregates(streams.modality(stream), sequences);
        similarities(lane, mixes, sequences, queues, stream, word);
      } else if (!mixed) {
        similarities(lane, keys, sequences, queues, stream, word);
      }
      kernels.neighbours(
          word, sequences, queue, taught(), (float) (1 / settings.teacherTemperature()));
    }
  }

  private void agree(Head head, int sequences) {
    DeviceFloats consensus = word(plan.consensus(head), sequences);
    for (int modality = 0; modality < streams.modalities(); modality++) {
      lanes
          .main()
          .losses()
          .agree(
              word(streams.index(modality, head), sequences),
              consensus,
              1f / streams.modalities(),
              modality == 0);
    }
  }

  /** Similarities of embeddings with a queue, sequences × queue. */
  void similarities(
      DeviceStream lane,
      DeviceFloats embeddings,
      int sequences,
      AlignedQueues queues,
      int index,
      DeviceFloats result) {
    lane.multiply(
        Product.RIGHT_TRANSPOSED,
        sequences,
        embedding,
        queue,
        embeddings,
        mirror.keys(queues, index),
        result,
        false);
  }

  /** How many of a queue's keys a stream's word is about. */
  int taught() {
    return settings.method() == Method.CROSCLR
        ? settings.mining().positives()
        : settings.neighbours();
  }

  /**
   * A teacher's word on every sequence of the last teaching: sequences × queue.
   *
   * @param teacher its place among those of {@link LossPlan}
   */
  DeviceFloats word(int teacher, int sequences) {
    return buffers.get("teacher " + teacher, (long) sequences * queue);
  }

  /** Which keys of a cluster head's queue are in the mixes: sequences × queue. */
  DeviceFloats aggregated(int modality, int sequences) {
    return buffers.get("aggregated keys " + modality, (long) sequences * queue);
  }

  /** The aggregated keys themselves: sequences × embedding. */
  DeviceFloats aggregates(int modality, int sequences) {
    return buffers.get("aggregates " + modality, (long) sequences * embedding);
  }

  /** How many keys are in each of them. */
  DeviceFloats counts(int modality, int sequences) {
    return buffers.get("sizes of aggregates " + modality, sequences);
  }
}
