package dev.armature.job;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.EncoderShape;
import dev.armature.round.TrainingPlan;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Sequences of the size of NTU RGB+D's, for measuring; their numbers mean nothing. */
final class BenchData {
  private static final int PERSONS = 2;
  private static final int LEAST_FRAMES = 50;
  private static final int FRAME_SPREAD = 60;

  private BenchData() {}

  static SkeletonLayout layout() {
    return SkeletonLayouts.named("kinect-v2");
  }

  /** A plan for such sequences: one worker with its cores, or all there are. */
  static TrainingPlan plan(Settings settings) {
    return plan(settings, cores(settings));
  }

  /** The cores of a worker; where none are set, all there are. */
  static int cores(Settings settings) {
    return settings.round().coresPerWorker() > 0
        ? settings.round().coresPerWorker()
        : Runtime.getRuntime().availableProcessors();
  }

  /** A plan for such sequences: one worker with a number of cores. */
  static TrainingPlan plan(Settings settings, int cores) {
    SkeletonLayout layout = layout();
    EncoderShape shape = Plans.shape(settings, layout.joints().size() * 3 * PERSONS);
    return new TrainingPlan(
        settings.modalities(),
        layout,
        PERSONS,
        shape,
        settings.encoder().backend(),
        settings.encoder().execution(),
        settings.augment(),
        settings.distill(),
        settings.stages(),
        settings.train(),
        settings.round().on(1, cores));
  }

  /** A plan for such sequences, of which every worker trains some rounds. */
  static TrainingPlan plan(Settings settings, int workers, int cores, int rounds) {
    TrainingPlan bare = plan(settings, cores);
    return new TrainingPlan(
        bare.modalities(),
        bare.layout(),
        bare.persons(),
        bare.encoder(),
        bare.backend(),
        bare.execution(),
        bare.augment(),
        bare.distill(),
        bare.stages(),
        bare.train().ofEpochs(rounds),
        settings.round().on(workers, cores));
  }

  /** As many sequences as the workers of a plan take in a round, as a store has them. */
  static List<StoredSequence> stored(TrainingPlan plan) {
    int count = plan.train().batch() * plan.round().localSteps() * plan.round().workers();
    List<StoredSequence> stored = new ArrayList<>();
    for (SkeletonSequence sequence : sequences(count)) {
      stored.add(new StoredSequence(stored.size(), sequence));
    }
    return stored;
  }

  static List<SkeletonSequence> sequences(int count) {
    int joints = layout().joints().size();
    SplittableRandom random = new SplittableRandom(count);
    List<SkeletonSequence> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int frames = LEAST_FRAMES + random.nextInt(FRAME_SPREAD);
      float[] coordinates = new float[frames * PERSONS * joints * 3];
      for (int c = 0; c < coordinates.length; c++) {
        coordinates[c] = (float) random.nextDouble() - 0.5f;
      }
      sequences.add(
          new SkeletonSequence("bench-" + i, 0, 0, 0, 0, frames, PERSONS, joints, coordinates));
    }
    return sequences;
  }
}
