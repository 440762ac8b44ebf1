package dev.armature.job;

import dev.armature.dataset.store.Manifest;
import dev.armature.encoder.EncoderShape;
import dev.armature.round.TrainingPlan;

/** Brings settings and data together. */
final class Plans {
  private Plans() {}

  static TrainingPlan of(Settings settings, Manifest manifest, int coresPerWorker) {
    return new TrainingPlan(
        settings.modalities(),
        manifest.layout(),
        manifest.persons(),
        shape(settings, manifest.layout().joints().size() * 3 * manifest.persons()),
        settings.encoder().backend(),
        settings.encoder().execution(),
        settings.augment(),
        settings.distill(),
        settings.stages(),
        settings.train(),
        settings.round().on(settings.round().workers(), coresPerWorker));
  }

  static EncoderShape shape(Settings settings, int features) {
    Settings.EncoderSettings encoder = settings.encoder();
    return new EncoderShape(
        features,
        encoder.hidden(),
        encoder.layers(),
        encoder.embedding(),
        settings.distill().heads(),
        encoder.recurrence());
  }
}
