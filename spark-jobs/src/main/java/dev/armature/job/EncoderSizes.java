package dev.armature.job;

import dev.armature.encoder.EncoderShape;
import dev.armature.round.Checkpoint;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.List;

/** The keys that decide how large encoders and queues are, and whether a checkpoint is so large. */
final class EncoderSizes {
  /** In the order of {@code reference.conf}. */
  static final List<String> KEYS =
      List.of(
          "encoder.modalities",
          "encoder.hidden",
          "encoder.layers",
          "encoder.embedding",
          "encoder.recurrence",
          "distill.queue");

  /** Decides on the number of heads, but is no size. */
  private static final String METHOD = "distill.method";

  private EncoderSizes() {}

  /**
   * In what settings and a checkpoint differ.
   *
   * @return a line a key, with what was found, where, and what the checkpoint has; may be added to
   */
  static List<String> differences(Settings settings, Checkpoint checkpoint) {
    Settings.EncoderSettings encoder = settings.encoder();
    List<Object> found =
        List.of(
            labels(settings.modalities()),
            encoder.hidden(),
            encoder.layers(),
            encoder.embedding(),
            encoder.recurrence().label(),
            settings.distill().queue());
    EncoderShape shape = checkpoint.shape();
    List<Object> has =
        List.of(
            labels(checkpoint.modalities()),
            shape.hidden(),
            shape.layers(),
            shape.embedding(),
            shape.recurrence().label(),
            checkpoint.state().queues().capacity());
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < KEYS.size(); i++) {
      if (!found.get(i).equals(has.get(i))) {
        String key = KEYS.get(i);
        String where = settings.config().getValue(key).origin().description();
        lines.add(
            "%s: found %s (%s), the checkpoint has %s"
                .formatted(key, found.get(i), where, has.get(i)));
      }
    }
    int heads = settings.distill().heads();
    if (heads != shape.heads()) {
      lines.add(
          "distill.method: found %s (%s), whose encoders have %d projection head%s, the checkpoint's have %d"
              .formatted(
                  settings.config().getString(METHOD),
                  settings.config().getValue(METHOD).origin().description(),
                  heads,
                  heads == 1 ? "" : "s",
                  shape.heads()));
    }
    return lines;
  }

  private static List<String> labels(List<Modality> modalities) {
    return modalities.stream().map(Modality::label).toList();
  }
}
