package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.Objective;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.NativeThreads;

/**
 * What a worker computes with: native memory and buffers that are expensive to make and hold
 * nothing that outlives a round. Used by one thread at a time.
 */
final class TrainerResources implements AutoCloseable {
  private final TrainingPlan plan;
  private final String gpu = TaskGpu.address();
  private final ViewGenerator views;
  private final EncoderEngine engine;
  private final ViewBatch queryViews;
  private final ViewBatch keyViews;
  private Objective objective;

  TrainerResources(TrainingPlan plan) {
    this.plan = plan;
    int threads = plan.round().coresPerWorker();
    NativeThreads.alone();
    int batch = plan.train().batch();
    views = new ViewGenerator(plan.augment(), plan.layout(), plan.persons(), plan.modalities());
    engine =
        EncoderEngines.open(
            plan.encoder(),
            plan.modalities().size(),
            new EngineSettings(plan.backend(), threads, plan.precision(), gpu));
    objective = objective(plan.stages().at(plan.distill(), 0));
    queryViews = views.batch(batch);
    keyViews = views.batch(batch);
  }

  TrainingPlan plan() {
    return plan;
  }

  /** Address of the GPU that was the task's when these were made; empty for none. */
  String gpu() {
    return gpu;
  }

  ViewGenerator views() {
    return views;
  }

  EncoderEngine engine() {
    return engine;
  }

  /**
   * What is minimized in an epoch.
   *
   * @param epoch 0-based
   */
  Objective objective(int epoch) {
    DistillSettings settings = plan.stages().at(plan.distill(), epoch);
    if (!settings.equals(objective.settings())) {
      objective.close();
      objective = objective(settings);
    }
    return objective;
  }

  private Objective objective(DistillSettings settings) {
    return new Objective(
        settings, plan.modalities(), plan.encoder().embedding(), plan.round().coresPerWorker());
  }

  ViewBatch queryViews() {
    return queryViews;
  }

  ViewBatch keyViews() {
    return keyViews;
  }

  @Override
  public void close() {
    objective.close();
    engine.close();
  }
}
