package dev.armature.evaluate;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.skeleton.Modality;
import java.util.List;

/**
 * The query encoders of a run, and the same encoders before they learned anything.
 *
 * @param shape the sizes of every encoder
 * @param modalities which modalities there is an encoder for, in the order of the parameters
 * @param trained by modality, {@link ParameterLayout#size()} numbers each; statistics of the input
 *     norm included
 * @param random the initial parameters, likewise
 */
public record EvaluatedEncoders(
    EncoderShape shape, List<Modality> modalities, float[][] trained, float[][] random) {

  /**
   * @throws IllegalArgumentException if there is no modality, or an encoder's parameters are
   *     missing or too many
   */
  public EvaluatedEncoders {
    modalities = List.copyOf(modalities);
    if (modalities.isEmpty()) {
      throw new IllegalArgumentException("no encoder to evaluate: the list of modalities is empty");
    }
    check("trained", shape, modalities, trained);
    check("random", shape, modalities, random);
  }

  private static void check(
      String which, EncoderShape shape, List<Modality> modalities, float[][] parameters) {
    if (parameters.length != modalities.size()) {
      throw new IllegalArgumentException(
          "%s parameters of %d encoders, for %d modalities (%s)"
              .formatted(which, parameters.length, modalities.size(), modalities));
    }
    int size = new ParameterLayout(shape).size();
    for (int encoder = 0; encoder < parameters.length; encoder++) {
      if (parameters[encoder].length != size) {
        throw new IllegalArgumentException(
            "the %s %s encoder has %d parameters, %s needs %d"
                .formatted(
                    which,
                    modalities.get(encoder).label(),
                    parameters[encoder].length,
                    shape,
                    size));
      }
    }
  }
}
