package dev.armature.job;

import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.round.Checkpoint;
import dev.armature.skeleton.JointMapping;
import dev.armature.skeleton.SkeletonLayout;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/**
 * How prepared data is shown to encoders that may have been trained on other data: in the layout,
 * and with the persons, that they know.
 *
 * @param layout of what they are shown
 * @param persons that they are shown, 1 or 2
 * @param mapping from the data's own layout; empty if the data is what they know
 * @param description of the mapping; empty without one
 */
record EncoderInput(
    SkeletonLayout layout, int persons, Optional<JointMapping> mapping, String description) {

  /**
   * Finds a joint for every joint of the encoders.
   *
   * @param data where the data lies, for messages
   * @throws UserMistakeException if some have none, or it is not known which joints they are
   */
  static EncoderInput of(Checkpoint checkpoint, Manifest manifest, String data, Object run) {
    Optional<String> misfit = DataFit.misfit(checkpoint, manifest);
    if (misfit.isEmpty()) {
      return new EncoderInput(manifest.layout(), manifest.persons(), Optional.empty(), "");
    }
    String trained = checkpoint.provenance().get(Provenance.DATA_LAYOUT);
    if (trained == null) {
      throw refusal(data, run, misfit.get());
    }
    Provenance.Shown shown = Provenance.shown(trained);
    try {
      JointMapping mapping = JointMapping.of(manifest.layout(), shown.layout());
      return new EncoderInput(
          shown.layout(),
          shown.persons(),
          Optional.of(mapping),
          mapping.description() + persons(manifest.persons(), shown.persons()));
    } catch (IllegalArgumentException unmapped) {
      throw refusal(data, run, "%s%n  and %s".formatted(misfit.get(), unmapped.getMessage()));
    }
  }

  private static String persons(int given, int wanted) {
    if (given > wanted) {
      return "; the second person is left out";
    }
    return given < wanted ? "; there is never a second person" : "";
  }

  private static UserMistakeException refusal(String data, Object run, String misfit) {
    return new UserMistakeException(
        "%s does not fit the encoders of %s: %s%nEvaluate on data prepared with the same layout (prepare --layout), or with one that names the same joints."
            .formatted(data, run, misfit));
  }

  /** The sequences as the encoders are shown them. */
  JavaRDD<StoredSequence> show(JavaRDD<StoredSequence> sequences) {
    if (mapping.isEmpty()) {
      return sequences;
    }
    JointMapping joints = mapping.get();
    int most = persons;
    return sequences.map(
        stored -> new StoredSequence(stored.index(), joints.apply(stored.sequence(), most)));
  }
}
