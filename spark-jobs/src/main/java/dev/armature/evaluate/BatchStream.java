package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * The batches of a training: the epochs' sequences one after the other, cut into batches of one
 * size, and these into stretches between two averages.
 *
 * <p>Batches run on from one epoch into the next, so that all are whole but the very last: with few
 * labels a stretch spans many epochs, and Spark is asked once for it. With fewer labels than a
 * batch, a batch is an epoch. Learning rates change between two stretches.
 */
final class BatchStream {
  private final FineTuneSettings settings;
  private final int labelled;
  private final int batch;

  /**
   * @param labelled sequences an epoch, at least 1
   */
  BatchStream(FineTuneSettings settings, int labelled) {
    this.settings = settings;
    this.labelled = labelled;
    batch = Math.min(settings.batch(), labelled);
  }

  /** Sequences a batch. */
  int batch() {
    return batch;
  }

  /** Sequences an epoch. */
  int labelled() {
    return labelled;
  }

  /**
   * What is trained on between two averages.
   *
   * @param start of the first sequence, counted from the start of training
   * @param end behind the last sequence
   * @param labelled sequences an epoch
   * @param batch sequences a batch
   * @param workers that have a batch
   * @param slower whether the learning rates fall before it
   */
  record Stretch(long start, long end, int labelled, int batch, int workers, boolean slower) {

    /** The epoch of its first sequence, 0-based. */
    int firstEpoch() {
      return (int) (start / labelled);
    }

    /** Epochs of which it has sequences. */
    int epochs() {
      return (int) ((end - 1) / labelled) - firstEpoch() + 1;
    }
  }

  /** All of them, in order. */
  List<Stretch> stretches() {
    long all = (long) settings.epochs() * labelled;
    long step = (long) batch * settings.workers() * settings.averagingFrequency();
    List<Stretch> stretches = new ArrayList<>();
    long start = 0;
    while (start < all) {
      long end = Math.min(all, start + step);
      boolean slower = false;
      for (int milestone : settings.milestones()) {
        // The first whole batch of the epoch begins it.
        long from = ((long) milestone * labelled + batch - 1) / batch * batch;
        slower |= from == start && start > 0;
        end = from > start ? Math.min(end, from) : end;
      }
      int batches = (int) ((end - start + batch - 1) / batch);
      int workers = Math.min(settings.workers(), batches);
      stretches.add(new Stretch(start, end, labelled, batch, workers, slower));
      start = end;
    }
    return stretches;
  }
}
