package dev.armature.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.embedding.TrainedEncoders;
import dev.armature.round.Checkpoint;
import dev.armature.round.FloatBlock;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The encoders of a run's newest checkpoint, for use on other sequences. */
final class RunEncoders {
  /** The checkpoint; its encoders, a sixth of it, are on their way to executors beside it. */
  static final double HEAP_OF_CHECKPOINT = 4.0 / 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private RunEncoders() {}

  /**
   * Reads the encoders for a data set.
   *
   * @param chosen labels of some of the run's modalities; empty for all
   * @throws UserMistakeException if there is no checkpoint, or the data does not fit
   */
  static TrainedEncoders forData(
      RunFolder folder, Settings settings, String data, Manifest manifest, List<String> chosen)
      throws IOException {
    folder.requireHeap(HEAP_OF_CHECKPOINT);
    Checkpoint checkpoint = folder.requireCheckpoint();
    Optional<String> misfit = DataFit.misfit(checkpoint, manifest);
    if (misfit.isPresent()) {
      throw new UserMistakeException(
          "%s does not fit the encoders of %s: %s%nGive data prepared with the same layout (prepare --layout)."
              .formatted(data, folder.path(), misfit.get()));
    }
    System.out.print(DataFit.remark(checkpoint));
    return of(folder, settings, checkpoint, manifest.layout(), manifest.persons(), chosen);
  }

  /**
   * Reads the encoders for sequences of the kind that they were trained on.
   *
   * @param layout of the sequences, where the checkpoint does not tell it
   * @param chosen labels of some of the run's modalities; empty for all
   * @throws UserMistakeException if there is no checkpoint, or no layout that fits
   */
  static TrainedEncoders forSequences(
      RunFolder folder, Settings settings, Optional<SkeletonLayout> layout, List<String> chosen)
      throws IOException {
    folder.requireHeap(HEAP_OF_CHECKPOINT);
    Checkpoint checkpoint = folder.requireCheckpoint();
    String trained = checkpoint.provenance().get(Provenance.DATA_LAYOUT);
    if (layout.isPresent() || trained == null) {
      SkeletonLayout given =
          layout.orElseThrow(
              () ->
                  new UserMistakeException(
                      "the checkpoint does not tell the joints of its training data; name their layout by --layout"));
      int numbers = given.joints().size() * 3;
      if (checkpoint.shape().features() % numbers != 0) {
        throw new UserMistakeException(
            "--layout: '%s' has %d joints, the encoders take %d numbers a frame, which is no multiple of %d; name the layout that they were trained on"
                .formatted(
                    given.name(), given.joints().size(), checkpoint.shape().features(), numbers));
      }
      return of(
          folder, settings, checkpoint, given, checkpoint.shape().features() / numbers, chosen);
    }
    try {
      JsonNode stored = JSON.readTree(trained);
      return of(
          folder,
          settings,
          checkpoint,
          JSON.treeToValue(stored.get("layout"), SkeletonLayout.class),
          stored.get("persons").asInt(),
          chosen);
    } catch (JsonProcessingException garbled) {
      throw new IOException(
          "the checkpoint's %s is garbled: %s"
              .formatted(Provenance.DATA_LAYOUT, garbled.getOriginalMessage()),
          garbled);
    }
  }

  private static TrainedEncoders of(
      RunFolder folder,
      Settings settings,
      Checkpoint checkpoint,
      SkeletonLayout layout,
      int persons,
      List<String> chosen)
      throws IOException {
    TrainedEncoders all =
        new TrainedEncoders(
            checkpoint.shape(),
            checkpoint.modalities(),
            checkpoint.state().model().query().stream()
                .map(FloatBlock::values)
                .toArray(float[][]::new),
            layout,
            persons,
            settings.augment().frames(),
            settings.augment().evaluationRatio(),
            settings.encoder().backend(),
            folder.checkpoints().checksum(checkpoint.state().rounds()),
            checkpoint.provenance());
    return chosen.isEmpty() ? all : all.of(modalities(chosen, checkpoint.modalities()));
  }

  /**
   * Some of a run's modalities.
   *
   * @throws UserMistakeException if one is none of them, or stands twice
   */
  static List<Modality> modalities(List<String> chosen, List<Modality> ofTheRun) {
    List<String> known = ofTheRun.stream().map(Modality::label).toList();
    if (!known.containsAll(chosen) || Set.copyOf(chosen).size() < chosen.size()) {
      throw new UserMistakeException(
          "--modalities: found %s, expected some of %s, each once"
              .formatted(String.join(", ", chosen), Modality.labels(ofTheRun)));
    }
    return chosen.stream().map(Modality::of).toList();
  }
}
