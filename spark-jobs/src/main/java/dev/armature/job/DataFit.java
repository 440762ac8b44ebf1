package dev.armature.job;

import dev.armature.dataset.store.Manifest;
import dev.armature.round.Checkpoint;
import java.util.Optional;

/**
 * Whether prepared data is of the kind that encoders were trained on. Of imported encoders only the
 * size of their input is known.
 */
final class DataFit {
  private DataFit() {}

  /** What does not fit, in words; empty if everything that is known does. */
  static Optional<String> misfit(Checkpoint checkpoint, Manifest manifest) {
    int joints = manifest.layout().joints().size();
    int features = joints * 3 * manifest.persons();
    if (features != checkpoint.shape().features()) {
      return Optional.of(
          "its layout %s gives %d numbers a frame (%d joints · 3 · %d persons), the encoders take %d"
              .formatted(
                  manifest.layout().name(),
                  features,
                  joints,
                  manifest.persons(),
                  checkpoint.shape().features()));
    }
    String trained = checkpoint.provenance().get(Provenance.DATA_LAYOUT);
    String given = Provenance.layout(manifest);
    return trained == null || trained.equals(given)
        ? Optional.empty()
        : Optional.of(
            "its layout is not that of %s, on which the encoders were trained:\n    theirs:  %s\n    its own: %s"
                .formatted(checkpoint.provenance().get(Provenance.DATA), trained, given));
  }

  /** A line about what could not be checked; empty if nothing. */
  static String remark(Checkpoint checkpoint) {
    return checkpoint.provenance().containsKey(Provenance.DATA_LAYOUT)
        ? ""
        : "The checkpoint does not tell the layout of its training data; only the %d numbers a frame were checked.\n"
            .formatted(checkpoint.shape().features());
  }
}
