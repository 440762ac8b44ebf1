package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What layers and engines do with the memory of ND4J's arrays beside products and GRUs. Arrays are
 * of floats, dense and row-major. Used by one thread at a time.
 */
interface ArrayMemory {

  /** Overwrites the first {@code length} numbers of an array. */
  void write(float[] source, int start, int length, INDArray array);

  /** Copies the first {@code length} numbers of an array out. */
  void read(INDArray array, float[] destination, int start, int length);

  /** Overwrites an array. */
  default void write(float[] source, INDArray array) {
    write(source, 0, source.length, array);
  }

  /** Copies an array out. */
  default float[] read(INDArray array) {
    float[] copy = new float[Math.toIntExact(array.length())];
    read(array, copy, 0, copy.length);
    return copy;
  }

  /** {@code sum += part}. */
  void add(INDArray sum, INDArray part);

  /**
   * Overwrites the last frame.
   *
   * @param frames frames × sequences × features
   * @param last sequences × features
   */
  void writeLast(INDArray frames, INDArray last);

  /**
   * {@code velocity = momentum·velocity + gradient + weightDecay·parameters; parameters −=
   * learningRate·velocity}, for the numbers from {@code start} to {@code end} of vectors.
   */
  void descend(
      INDArray parameters,
      INDArray velocity,
      INDArray gradient,
      long start,
      long end,
      float learningRate,
      float momentum,
      float weightDecay);

  /**
   * {@code key = keyMomentum·key + (1 − keyMomentum)·query}, for the numbers from {@code start} to
   * {@code end} of vectors. Both factors are rounded to float by themselves.
   */
  void average(INDArray key, INDArray query, long start, long end, double keyMomentum);
}
