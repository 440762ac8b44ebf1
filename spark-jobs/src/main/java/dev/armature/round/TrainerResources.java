package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.augment.ViewThreads;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.Objectives;
import dev.armature.distill.StepObjective;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.NativeThreads;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker computes with: native memory and buffers that are expensive to make and hold
 * nothing that outlives a round. Used by one thread at a time.
 */
final class TrainerResources implements AutoCloseable {
  private final TrainingPlan plan;
  private final String gpu = TaskGpu.address();
  private final ViewGenerator shaping;
  private final ViewThreads views;
  private final EngineSettings settings;
  private final EncoderEngine engine;
  private final List<ViewPair> pairs = new ArrayList<>();
  private StepObjective objective;

  TrainerResources(TrainingPlan plan) {
    this.plan = plan;
    NativeThreads.alone();
    settings =
        new EngineSettings(plan.backend(), plan.round().coresPerWorker(), plan.execution(), gpu);
    int batch = plan.train().batch();
    shaping = generator(plan);
    views = views();
    for (int pair = 0; pair < stepsAtHand(plan); pair++) {
      pairs.add(new ViewPair(shaping.batch(batch), shaping.batch(batch)));
    }
    engine = EncoderEngines.open(plan.encoder(), plan.modalities().size(), settings);
    try {
      objective = objective(plan.stages().at(plan.distill(), 0));
    } catch (RuntimeException | Error failure) {
      // On a GPU the task that is tried again would find too little memory.
      try {
        engine.close();
      } catch (RuntimeException further) {
        failure.addSuppressed(further);
      }
      throw failure;
    }
  }

  private static ViewGenerator generator(TrainingPlan plan) {
    return new ViewGenerator(plan.augment(), plan.layout(), plan.persons(), plan.modalities());
  }

  /**
   * While a GPU computes a step, the worker's cores make the next one's views; one of them gives
   * the GPU its work.
   */
  private ViewThreads views() {
    return plan.backend().onGpu()
        ? ViewThreads.of(Math.max(1, plan.round().coresPerWorker() - 1), () -> generator(plan))
        : ViewThreads.onCaller(shaping);
  }

  /** Of how many steps there are views at a time. */
  static int stepsAtHand(TrainingPlan plan) {
    return plan.backend().onGpu() && plan.round().teacher() == Teacher.PER_STEP ? 2 : 1;
  }

  /** A batch of one step, for whoever takes no views of {@link #views}. */
  ViewBatch stepBatch() {
    return pairs.get(0).query();
  }

  TrainingPlan plan() {
    return plan;
  }

  /** Address of the GPU that was the task's when these were made; empty for none. */
  String gpu() {
    return gpu;
  }

  /** The views of a round's steps. */
  StepViews views(Shard shard, Round round) {
    return new StepViews(views, pairs, plan.train(), shard, round);
  }

  /** An empty batch of views. */
  ViewBatch batch(int sequences) {
    return shaping.batch(sequences);
  }

  EncoderEngine engine() {
    return engine;
  }

  /**
   * What is minimized in an epoch.
   *
   * @param epoch 0-based
   */
  StepObjective objective(int epoch) {
    DistillSettings distill = plan.stages().at(plan.distill(), epoch);
    if (!distill.equals(objective.settings())) {
      objective.close();
      objective = objective(distill);
    }
    return objective;
  }

  private StepObjective objective(DistillSettings distill) {
    return Objectives.open(distill, plan.modalities(), plan.encoder().embedding(), settings);
  }

  @Override
  public void close() {
    views.close();
    try {
      objective.close();
    } finally {
      engine.close();
    }
  }
}
