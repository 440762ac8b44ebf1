package dev.armature.evaluate;

import dev.armature.skeleton.Modality;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What linear classifiers are trained on, epoch by epoch. Random crops are extracted in groups of
 * epochs that fit {@link FeatureExtraction#JOB_BYTES}; crops that are the same in every epoch are
 * extracted once and kept. Not thread-safe.
 */
final class TrainingCrops {
  private final FeatureExtraction extraction;
  private final SequenceBlocks training;
  private final long seed;
  private final Map<Modality, List<Features>> kept = new EnumMap<>(Modality.class);

  /**
   * @param seed of random crops
   */
  TrainingCrops(FeatureExtraction extraction, SequenceBlocks training, long seed) {
    this.extraction = extraction;
    this.training = training;
    this.seed = seed;
  }

  /** How many epochs to ask for at a time. */
  int epochsAtOnce() {
    return extraction.cropsAreRandom() ? extraction.epochsAtOnce(training) : 1;
  }

  /**
   * The representations of some epochs.
   *
   * @param epochs at most {@link #epochsAtOnce}
   * @return by epoch, rows in the order of the sequences' indices
   */
  List<Features> of(Modality modality, int firstEpoch, int epochs) {
    if (extraction.cropsAreRandom()) {
      return extraction.training(training, modality, seed, firstEpoch, epochs);
    }
    return kept.computeIfAbsent(modality, one -> List.of(extraction.evaluation(training, one)));
  }
}
