package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.Objectives;
import dev.armature.distill.StepObjective;
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
  private final EngineSettings settings;
  private final EncoderEngine engine;
  private final ViewBatch queryViews;
  private final ViewBatch keyViews;
  private StepObjective objective;

  TrainerResources(TrainingPlan plan) {
    this.plan = plan;
    NativeThreads.alone();
    settings =
        new EngineSettings(plan.backend(), plan.round().coresPerWorker(), plan.execution(), gpu);
    int batch = plan.train().batch();
    views = new ViewGenerator(plan.augment(), plan.layout(), plan.persons(), plan.modalities());
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

  ViewBatch queryViews() {
    return queryViews;
  }

  ViewBatch keyViews() {
    return keyViews;
  }

  @Override
  public void close() {
    try {
      objective.close();
    } finally {
      engine.close();
    }
  }
}
