package dev.armature.round;

import dev.armature.augment.AugmentSettings;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Bone;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A run that takes a moment: two layers of width 4 on sequences of four joints. Everything a law
 * varies can be set; the rest stays.
 */
record SmallRun(
    List<Modality> modalities,
    int workers,
    int localSteps,
    Teacher teacher,
    DistillSettings distill,
    Stages stages,
    int maxSteps,
    Sharing sharing) {
  static final int SEQUENCES = 44;
  static final int BATCH = 4;
  private static final int JOINTS = 4;
  private static final int NUMBERS = JOINTS * 3;
  private static final long SEED = 5;
  static final SkeletonLayout LAYOUT =
      new SkeletonLayout(
          "four",
          List.of("root", "head", "left", "right"),
          List.of(new Bone(0, 0), new Bone(1, 0), new Bone(2, 1), new Bone(3, 1)),
          0,
          new SkeletonLayout.Axis(0, 1),
          new SkeletonLayout.Axis(2, 3));

  /** One worker, the three modalities distilled per step, an average after every second step. */
  static SmallRun usual() {
    return new SmallRun(
        List.of(Modality.JOINT, Modality.MOTION, Modality.BONE),
        1,
        2,
        Teacher.PER_STEP,
        learned(Method.CMD, 1, 32),
        Stages.ONE,
        14,
        Sharing.EVERYTHING);
  }

  private static DistillSettings learned(Method method, double weight, int queue) {
    return new DistillSettings(method, queue, Math.min(5, queue), weight, 0.07, 0.05, 0.1);
  }

  SmallRun on(List<Modality> others) {
    return new SmallRun(others, workers, localSteps, teacher, distill, stages, maxSteps, sharing);
  }

  SmallRun workers(int others) {
    return new SmallRun(
        modalities, others, localSteps, teacher, distill, stages, maxSteps, sharing);
  }

  SmallRun localSteps(int other) {
    return new SmallRun(modalities, workers, other, teacher, distill, stages, maxSteps, sharing);
  }

  SmallRun teacher(Teacher other) {
    return new SmallRun(modalities, workers, localSteps, other, distill, stages, maxSteps, sharing);
  }

  SmallRun distilling(Method method, double weight) {
    return distilling(learned(method, weight, distill.queue()));
  }

  SmallRun distilling(DistillSettings other) {
    return new SmallRun(modalities, workers, localSteps, teacher, other, stages, maxSteps, sharing);
  }

  SmallRun stages(Stages others) {
    return new SmallRun(
        modalities, workers, localSteps, teacher, distill, others, maxSteps, sharing);
  }

  SmallRun queue(int other) {
    return distilling(learned(distill.method(), distill.weight(), other));
  }

  SmallRun maxSteps(int other) {
    return new SmallRun(modalities, workers, localSteps, teacher, distill, stages, other, sharing);
  }

  SmallRun sharing(Sharing other) {
    return new SmallRun(modalities, workers, localSteps, teacher, distill, stages, maxSteps, other);
  }

  TrainingPlan plan() {
    return new TrainingPlan(
        modalities,
        LAYOUT,
        1,
        new EncoderShape(NUMBERS, 4, 2, 6, distill.heads(), Recurrence.LOCKSTEP),
        EncoderBackend.ONEDNN,
        GpuExecution.PLAIN,
        new AugmentSettings(
            AugmentSettings.Temporal.RANDOM,
            AugmentSettings.Spatial.RANDOM,
            12,
            12,
            0.1,
            0.5,
            0.95,
            0.6),
        distill,
        stages,
        // A momentum below the published 0.999, so that a few steps move the teachers visibly.
        new TrainSettings(BATCH, 0, 0, 9, maxSteps, 0.05, List.of(), 0.9, 1e-4, 0.9, SEED, true),
        new RoundSettings(workers, 1, localSteps, teacher, sharing));
  }

  TrainingState initial() {
    return TrainingState.initial(plan());
  }

  TrainingState train(JavaSparkContext spark) throws IOException {
    return train(spark, data(spark), initial());
  }

  TrainingState train(JavaSparkContext spark, JavaRDD<StoredSequence> data, TrainingState start)
      throws IOException {
    return train(spark, data, start, (report, state) -> {});
  }

  TrainingState train(
      JavaSparkContext spark,
      JavaRDD<StoredSequence> data,
      TrainingState start,
      RoundListener listener)
      throws IOException {
    return new Coordinator(spark, plan(), data).run(start, listener);
  }

  /** The data set, in its order, in three partitions. */
  static JavaRDD<StoredSequence> data(JavaSparkContext spark) {
    return spark.parallelize(sequences(), 3);
  }

  /** Joints that wave, each sequence in its own way. */
  static List<StoredSequence> sequences() {
    List<StoredSequence> sequences = new ArrayList<>();
    for (int index = 0; index < SEQUENCES; index++) {
      sequences.add(new StoredSequence(index, sequence(index)));
    }
    return sequences;
  }

  private static SkeletonSequence sequence(int index) {
    SplittableRandom random = new SplittableRandom(index);
    int frames = 8 + random.nextInt(40);
    float[] coordinates = new float[frames * NUMBERS];
    double[] amplitude = random.doubles(NUMBERS, 0, 1).toArray();
    double[] speed = random.doubles(NUMBERS, 0.05, 0.5).toArray();
    for (int i = 0; i < coordinates.length; i++) {
      int number = i % NUMBERS;
      int frame = i / NUMBERS;
      coordinates[i] = (float) (amplitude[number] * Math.sin(speed[number] * frame));
    }
    return new SkeletonSequence("wave-" + index, 0, 1, 1, 1, frames, 1, JOINTS, coordinates);
  }
}
