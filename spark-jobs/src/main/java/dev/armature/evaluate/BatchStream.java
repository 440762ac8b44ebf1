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

    /** Behind the last epoch of which it has sequences. */
    int endEpoch() {
      return (int) ((end - 1) / labelled) + 1;
    }

    /** How many batches a worker takes; they are dealt out in turn. */
    int steps(int worker) {
      long batches = (end - start + batch - 1) / batch;
      return (int) ((batches - worker + workers - 1) / workers);
    }
  }

  /**
   * Some stretches in a row, whose sequences are dealt out together.
   *
   * @param stretches at least one
   */
  record Pass(List<Stretch> stretches) {

    /** The first epoch of which it has sequences, 0-based. */
    int firstEpoch() {
      return stretches.get(0).firstEpoch();
    }

    /** Behind the last one. */
    int endEpoch() {
      return stretches.get(stretches.size() - 1).endEpoch();
    }

    /** The first part of a stretch, where every worker of every stretch has one. */
    int firstPart(int stretch) {
      return stretches.subList(0, stretch).stream().mapToInt(Stretch::workers).sum();
    }
  }

  /**
   * All stretches, so many to a pass that going through the training split for it is worth it.
   *
   * @param rows of the training split, labelled or not
   */
  List<Pass> passes(int rows) {
    List<Pass> passes = new ArrayList<>();
    List<Stretch> some = new ArrayList<>();
    for (Stretch stretch : stretches()) {
      some.add(stretch);
      if (stretch.end() - some.get(0).start() >= rows) {
        passes.add(new Pass(List.copyOf(some)));
        some.clear();
      }
    }
    if (!some.isEmpty()) {
      passes.add(new Pass(List.copyOf(some)));
    }
    return passes;
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
