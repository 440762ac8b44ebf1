package dev.armature.augment;

import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes views of sequences and writes them into batches.
 *
 * <p>A view is a temporal crop, resized, whose coordinates are then transformed; the modalities are
 * derived last. What is random depends on (seed, epoch, the sequence's id, which view) and on
 * nothing else: the same sequence gets the same views on every worker, in every order, however
 * often they are made. Joints and persons that were not seen are zeros like any other number: where
 * one appears within a crop, resizing interpolates from zero. A sequence with fewer persons than
 * the batch has leaves the remaining persons zero in every modality.
 *
 * <p>Has scratch memory of its own (frames × features) and makes no other garbage than a random
 * generator and a crop a view: one object per thread, not thread-safe.
 *
 * <p>Augmentations after Thoker, Doughty and Snoek, <em>Skeleton-Contrastive 3D Action
 * Representation Learning</em> (ACM Multimedia 2021), as CMD's released code applies them.
 */
public final class ViewGenerator {
  private static final int FIRST = 0;
  private static final int SECOND = 1;
  private static final int DOWNSTREAM = 2;

  /**
   * Views that are made before they are written to a batch together. Of one view a frame's numbers
   * lie far from the next frame's; of several, each piece is long enough for memory to stream. As
   * many as a core's own cache holds.
   */
  static final int VIEWS_AT_ONCE = 8;

  private final AugmentSettings settings;
  private final SkeletonLayout layout;
  private final int persons;
  private final List<Modality> modalities;
  private final SpatialTransform transform;
  private final ModalityDerivation derivation;

  /** Views with all frames, as batches order them: frames × (joints × 3 × persons). */
  private final float[][][] views;

  /** One frame, as sequences order it: persons × joints × 3. */
  private final float[] blended;

  /**
   * @param persons persons of a batch, 1 or 2; sequences may have fewer
   * @param modalities the modalities of every batch, in order
   * @throws IllegalArgumentException if persons is out of range or no modality is given
   */
  public ViewGenerator(
      AugmentSettings settings, SkeletonLayout layout, int persons, List<Modality> modalities) {
    if (persons < 1 || persons > SkeletonSequence.MAX_PERSONS) {
      throw new IllegalArgumentException(
          "persons must be 1 to %d, found %d".formatted(SkeletonSequence.MAX_PERSONS, persons));
    }
    if (modalities.isEmpty()) {
      throw new IllegalArgumentException("at least one modality is needed, found none");
    }
    this.settings = settings;
    this.layout = layout;
    this.persons = persons;
    this.modalities = List.copyOf(modalities);
    this.transform =
        new SpatialTransform(layout.joints().size(), persons, settings.corruptedShare());
    this.derivation = new ModalityDerivation(layout, persons);
    this.blended = new float[derivation.features()];
    this.views = new float[VIEWS_AT_ONCE][settings.frames()][derivation.features()];
  }

  /** A batch of zeros of the shape that this generator fills. */
  public ViewBatch batch(int sequences) {
    return ViewBatch.zeros(modalities, settings.frames(), sequences, derivation.features());
  }

  /**
   * Writes the two views of pre-training.
   *
   * @param seed the run's seed
   * @param epoch 0-based; another epoch, other views
   * @param first batch of the first view
   * @param second batch of the second view
   * @param row the sequence's place in both batches
   * @throws IllegalArgumentException if the sequence does not fit the layout or a batch does not
   *     fit this generator
   */
  public void training(
      SkeletonSequence sequence, long seed, int epoch, ViewBatch first, ViewBatch second, int row) {
    training(List.of(sequence), seed, epoch, first, second, row);
  }

  /**
   * Writes the two views of pre-training of several sequences, as one by one, but faster.
   *
   * @param row the first sequence's place in both batches; the others follow
   * @throws IllegalArgumentException if a sequence does not fit the layout or a batch does not fit
   *     this generator
   */
  public void training(
      List<SkeletonSequence> sequences,
      long seed,
      int epoch,
      ViewBatch first,
      ViewBatch second,
      int row) {
    for (int from = 0; from < sequences.size(); from += VIEWS_AT_ONCE) {
      int to = Math.min(from + VIEWS_AT_ONCE, sequences.size());
      List<SkeletonSequence> some = sequences.subList(from, to);
      training(some, seed, epoch, FIRST, first, row + from);
      training(some, seed, epoch, SECOND, second, row + from);
    }
  }

  private void training(
      List<SkeletonSequence> sequences,
      long seed,
      int epoch,
      int whichView,
      ViewBatch batch,
      int row) {
    for (int i = 0; i < sequences.size(); i++) {
      SkeletonSequence sequence = sequences.get(i);
      check(sequence, batch, row + i);
      training(sequence, random(sequence, seed, epoch, whichView), views[i]);
    }
    derivation.write(views, sequences.size(), batch, row);
  }

  private void training(SkeletonSequence sequence, SplittableRandom random, float[][] view) {
    resize(view, sequence, crop(sequence.frames(), settings.minimumRatio(), random));
    if (settings.spatial() == AugmentSettings.Spatial.RANDOM) {
      transform.draw(random);
      transform.apply(view);
    }
  }

  private TemporalCrop crop(int frames, double minimumRatio, SplittableRandom random) {
    return switch (settings.temporal()) {
      case RANDOM -> TemporalCrop.random(frames, minimumRatio, settings.minimumCrop(), random);
      case CENTRE -> TemporalCrop.centre(frames, settings.evaluationRatio());
    };
  }

  /**
   * Writes the view on which a classifier is trained: a random crop, or with {@link
   * AugmentSettings.Temporal#CENTRE} that of evaluation; coordinates as they are.
   *
   * @param seed the run's seed
   * @param epoch 0-based; another epoch, another crop
   * @param row the sequence's place in the batch
   * @throws IllegalArgumentException if the sequence does not fit the layout or the batch does not
   *     fit this generator
   */
  public void downstream(
      SkeletonSequence sequence, long seed, int epoch, ViewBatch batch, int row) {
    check(sequence, batch, row);
    resize(
        views[0],
        sequence,
        crop(
            sequence.frames(),
            settings.downstreamRatio(),
            random(sequence, seed, epoch, DOWNSTREAM)));
    derivation.write(views, 1, batch, row);
  }

  /**
   * Writes the view on which an encoder is evaluated: the centre, nothing random.
   *
   * @param row the sequence's place in the batch
   * @throws IllegalArgumentException if the sequence does not fit the layout or the batch does not
   *     fit this generator
   */
  public void evaluation(SkeletonSequence sequence, ViewBatch batch, int row) {
    check(sequence, batch, row);
    resize(views[0], sequence, TemporalCrop.centre(sequence.frames(), settings.evaluationRatio()));
    derivation.write(views, 1, batch, row);
  }

  private static SplittableRandom random(
      SkeletonSequence sequence, long seed, int epoch, int whichView) {
    long stream = Seeds.combine(Seeds.combine(seed, epoch), sequence.id());
    return new SplittableRandom(Seeds.combine(stream, whichView));
  }

  private void resize(float[][] view, SkeletonSequence sequence, TemporalCrop crop) {
    for (int frame = 0; frame < view.length; frame++) {
      double position = crop.position(frame, view.length);
      int before = (int) position;
      int after = Math.min(before + 1, crop.length() - 1);
      blend(
          sequence.coordinates(),
          sequence.offset(crop.start() + before, 0, 0),
          sequence.offset(crop.start() + after, 0, 0),
          (float) (position - before),
          blended,
          sequence.persons() * (blended.length / persons));
      interleave(blended, persons, view[frame]);
    }
  }

  /**
   * A frame between two frames of the source, written as a change from the earlier one, so that
   * what stands still stays exactly still. Persons that the source does not have are zero.
   */
  private static void blend(
      float[] source, int before, int after, float weight, float[] blended, int count) {
    for (int i = 0; i < count; i++) {
      float from = source[before + i];
      blended[i] = from + weight * (source[after + i] - from);
    }
    Arrays.fill(blended, count, blended.length, 0);
  }

  /** From the order of sequences (person, joint, coordinate) to that of batches. */
  private static void interleave(float[] blended, int persons, float[] frame) {
    if (persons == 1) {
      System.arraycopy(blended, 0, frame, 0, frame.length);
      return;
    }
    int numbers = frame.length / 2;
    for (int i = 0; i < numbers; i++) {
      frame[2 * i] = blended[i];
      frame[2 * i + 1] = blended[numbers + i];
    }
  }

  private void check(SkeletonSequence sequence, ViewBatch batch, int row) {
    if (sequence.joints() != layout.joints().size() || sequence.persons() > persons) {
      throw new IllegalArgumentException(
          "sequence %s has %d joints and %d persons; layout '%s' has %d joints and views are made for %d persons: prepare the data with the layout it was recorded in"
              .formatted(
                  sequence.id(),
                  sequence.joints(),
                  sequence.persons(),
                  layout.name(),
                  layout.joints().size(),
                  persons));
    }
    if (batch.frames() != settings.frames()
        || batch.features() != derivation.features()
        || !batch.modalities().equals(modalities)
        || row < 0
        || row >= batch.sequences()) {
      throw new IllegalArgumentException(
          "row %d of a batch of %d sequences, %d frames × %d features of %s; this generator fills %d frames × %d features of %s: take the batch from batch()"
              .formatted(
                  row,
                  batch.sequences(),
                  batch.frames(),
                  batch.features(),
                  batch.modalities(),
                  settings.frames(),
                  derivation.features(),
                  modalities));
    }
  }
}
