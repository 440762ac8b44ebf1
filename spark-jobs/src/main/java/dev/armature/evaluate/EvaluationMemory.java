package dev.armature.evaluate;

import dev.armature.encoder.DeviceEngineMemory;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.RepresentingMemory;
import dev.armature.round.RoundMemory;
import java.util.Set;

/**
 * What an {@link Evaluation} takes of memory, computed from its sizes before any of it is
 * allocated. Representations are nearly all of it: sequences × numbers × streams × 4 bytes, several
 * times.
 *
 * @param backend that computes the encoders
 * @param shape of every encoder
 * @param modalities number of encoders, and of streams
 * @param frames of a view
 * @param training sequences of the training split
 * @param test sequences of the test split
 * @param protocols that are to be measured
 */
public record EvaluationMemory(
    EncoderBackend backend,
    EncoderShape shape,
    int modalities,
    int frames,
    int training,
    int test,
    Set<EvaluationProtocol> protocols) {

  /** Copies of an encoder while it is trained: parameters and momentum, before and after. */
  private static final int TUNED = 10;

  /** Copies the set. */
  public EvaluationMemory {
    protocols = Set.copyOf(protocols);
  }

  /** Bytes of one copy of the representations of both splits, all streams. */
  public long features() {
    return modalities * (features(training) + features(test));
  }

  /**
   * The driver's part, of whichever protocol takes most.
   *
   * @param epochs of linear classifiers
   */
  public RoundMemory.Part driver(int epochs) {
    long most = 0;
    long tests = modalities * features(test);
    if (searches()) {
      // While the last stream is extracted, and while what was extracted is broadcast: as it is and
      // serialized, test sequences also as they came and cut into tiles.
      long extracted =
          modalities * features(training)
              + 2 * tests
              + features(training)
              + Math.min(FeatureExtraction.JOB_BYTES, features(training));
      long broadcast = 2L * modalities * features(training) + 4 * tests;
      most = Math.max(extracted, broadcast);
    }
    if (protocols.contains(EvaluationProtocol.LINEAR)) {
      // Epochs at once, as they come and in order; or the same crops of all streams in all epochs.
      long atOnce =
          Math.max(
              features(training),
              Math.min(FeatureExtraction.JOB_BYTES, epochs * features(training)));
      most = Math.max(most, tests + Math.max(2 * atOnce, modalities * features(training)));
    }
    if (protocols.stream().anyMatch(EvaluationProtocol::trainsEncoders)) {
      most = Math.max(most, 2 * features(test) + TUNED * vector());
    }
    return new RoundMemory.Part("representations", most, 0);
  }

  /**
   * An executor's part: what is broadcast, as it is and serialized, and its tasks.
   *
   * @param tasks at once
   */
  public RoundMemory.Part executor(int tasks) {
    RoundMemory.Part working = tasks(tasks);
    long published = modalities * vector();
    long searched = searches() ? 2L * modalities * features(training) : 0;
    return new RoundMemory.Part(
        "representations, encoders",
        working.heap() + Math.max(published, searched),
        working.outside());
  }

  /**
   * What tasks take of the process that they run in: an engine or a search each.
   *
   * @param tasks at once
   */
  public RoundMemory.Part tasks(int tasks) {
    RepresentingMemory engine = RepresentingMemory.of(backend, shape, frames, SequenceBlocks.ROWS);
    long queries = Math.min(test, NeighbourSearch.QUERIES);
    long tile = (long) NeighbourSearch.CANDIDATES * shape.representation() * Float.BYTES;
    long scores = queries * NeighbourSearch.CANDIDATES * Float.BYTES;
    long kept = queries * Math.min(training, NeighbourTable.KEPT) * 2 * Float.BYTES;
    long heap = engine.heap();
    long outside = engine.outside() + (backend.onGpu() ? DeviceEngineMemory.DRIVER : 0);
    if (searches()) {
      heap = Math.max(heap, modalities * (3 * tile + kept) + 2 * scores + kept);
      outside = Math.max(outside, modalities * (2 * tile + scores));
    }
    return new RoundMemory.Part("tasks", tasks * heap, tasks * outside);
  }

  private boolean searches() {
    return protocols.contains(EvaluationProtocol.KNN)
        || protocols.contains(EvaluationProtocol.RETRIEVAL)
        || protocols.contains(EvaluationProtocol.ONE_SHOT);
  }

  /** Of one stream. */
  private long features(int sequences) {
    return (long) sequences * shape.representation() * Float.BYTES;
  }

  private long vector() {
    return (long) new ParameterLayout(shape).size() * Float.BYTES;
  }
}
