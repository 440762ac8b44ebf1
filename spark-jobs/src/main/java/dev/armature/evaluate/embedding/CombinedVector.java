package dev.armature.evaluate.embedding;

/**
 * One vector of all modalities: theirs one after the other, each scaled to length 1 / √modalities.
 *
 * <p>All modalities count alike, the whole has length 1, and the inner product of two combined
 * vectors is the mean of the modalities' cosines: what evaluation's {@code three-stream} ranks by.
 */
final class CombinedVector {
  private CombinedVector() {}

  /**
   * Puts the vectors of one sequence together. A modality's vector of zeros stays zeros.
   *
   * @param encoded by modality: sequences × columns
   * @param row which sequence
   * @param columns of one modality
   */
  static float[] of(float[][] encoded, int row, int columns) {
    float[] combined = new float[encoded.length * columns];
    for (int modality = 0; modality < encoded.length; modality++) {
      double squares = 0;
      for (int column = 0; column < columns; column++) {
        double value = encoded[modality][row * columns + column];
        squares += value * value;
      }
      double scale = squares > 0 ? 1 / Math.sqrt(squares * encoded.length) : 0;
      for (int column = 0; column < columns; column++) {
        combined[modality * columns + column] =
            (float) (encoded[modality][row * columns + column] * scale);
      }
    }
    return combined;
  }
}
