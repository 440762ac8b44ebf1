package dev.armature.evaluate.embedding;

import dev.armature.augment.AugmentSettings;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The query encoders of a checkpoint, with all that must be known to use them on sequences. Arrays
 * are shared and not written to; so an object may be used by several threads.
 *
 * @param shape the sizes of every encoder
 * @param modalities which there is an encoder for, in the order of the parameters
 * @param parameters by modality, laid out as {@link ParameterLayout} says, statistics included
 * @param layout the joints of the sequences
 * @param persons most persons of a sequence, 1 or 2
 * @param frames that a sequence is resized to
 * @param evaluationRatio the share of a sequence, around its centre, that is looked at, in (0, 1]
 * @param backend what computes the recurrent layers
 * @param checksum SHA-256 of the checkpoint, in hexadecimal digits
 * @param provenance where the checkpoint comes from, by name
 */
public record TrainedEncoders(
    EncoderShape shape,
    List<Modality> modalities,
    float[][] parameters,
    SkeletonLayout layout,
    int persons,
    int frames,
    double evaluationRatio,
    EncoderBackend backend,
    String checksum,
    Map<String, String> provenance)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if there is no modality, an encoder's parameters are missing
   *     or too many, or the joints are not those that the encoders take
   */
  public TrainedEncoders {
    modalities = List.copyOf(modalities);
    provenance = new TreeMap<>(provenance);
    if (modalities.isEmpty() || parameters.length != modalities.size()) {
      throw new IllegalArgumentException(
          "parameters of %d encoders, for the modalities %s"
              .formatted(parameters.length, modalities));
    }
    int size = new ParameterLayout(shape).size();
    for (int encoder = 0; encoder < parameters.length; encoder++) {
      if (parameters[encoder].length != size) {
        throw new IllegalArgumentException(
            "the %s encoder has %d parameters, %s needs %d"
                .formatted(
                    modalities.get(encoder).label(), parameters[encoder].length, shape, size));
      }
    }
    int features = layout.joints().size() * 3 * persons;
    if (features != shape.features()) {
      throw new IllegalArgumentException(
          "layout '%s' gives %d numbers a frame (%d joints · 3 · %d persons), the encoders take %d"
              .formatted(
                  layout.name(), features, layout.joints().size(), persons, shape.features()));
    }
  }

  /** How views are made: of what is random, nothing matters here. */
  AugmentSettings views() {
    AugmentSettings published = AugmentSettings.PUBLISHED;
    return new AugmentSettings(
        AugmentSettings.Temporal.CENTRE,
        AugmentSettings.Spatial.NONE,
        frames,
        published.minimumCrop(),
        published.minimumRatio(),
        published.downstreamRatio(),
        evaluationRatio,
        published.corruptedShare());
  }

  /**
   * The same of some modalities only.
   *
   * @param some of the modalities, in any order
   */
  public TrainedEncoders of(List<Modality> some) {
    float[][] chosen =
        some.stream()
            .map(modality -> parameters[modalities.indexOf(modality)])
            .toArray(float[][]::new);
    return new TrainedEncoders(
        shape,
        some,
        chosen,
        layout,
        persons,
        frames,
        evaluationRatio,
        backend,
        checksum,
        provenance);
  }
}
