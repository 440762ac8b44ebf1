package dev.armature.encoder.cuda;

/**
 * What an encoder computes beside recurrent layers and matrix products. All arrays are dense and
 * row-major; sums are taken in an order that depends on sizes alone, so that the same numbers give
 * the same bits. Results do not overlap what they are computed from unless it says so.
 */
public interface Kernels {

  /**
   * Normalizes every feature by the batch's statistics, {@code y = weight · u + bias} with {@code u
   * = (x − mean) / √(variance + 1e-5)}, and moves the running ones by a tenth towards them, as
   * {@code torch.nn.BatchNorm1d} in training.
   *
   * @param values rows × features
   * @param unit receives u, which {@link #normBackward} needs
   * @param result receives y
   * @param mean running mean; moved
   * @param variance running variance; moved
   */
  void normTrain(
      DeviceFloats values,
      DeviceFloats unit,
      DeviceFloats result,
      int rows,
      int features,
      DeviceFloats weight,
      DeviceFloats bias,
      DeviceFloats mean,
      DeviceFloats variance);

  /** Normalizes every feature by its running statistics. */
  void normEvaluate(
      DeviceFloats values,
      DeviceFloats result,
      int rows,
      int features,
      DeviceFloats weight,
      DeviceFloats bias,
      DeviceFloats mean,
      DeviceFloats variance);

  /** Gradients by weight and bias of {@link #normTrain}, from that by its result. */
  void normBackward(
      DeviceFloats gradient,
      DeviceFloats unit,
      int rows,
      int features,
      DeviceFloats weightGradient,
      DeviceFloats biasGradient);

  /** Turns the order of frames around; {@code width} numbers each. */
  void reverseFrames(DeviceFloats source, DeviceFloats target, int frames, int width);

  /**
   * Adds the second's frames, which may be in reverse order, to the first's; {@code width} numbers
   * each.
   */
  void addFrames(
      DeviceFloats first,
      DeviceFloats second,
      DeviceFloats sum,
      int frames,
      int width,
      boolean reversed);

  /**
   * Puts the outputs of two GRUs side by side.
   *
   * @param first frames × sequences × hidden
   * @param second likewise, its frames in reverse order if {@code reversed}
   * @param both frames × sequences × 2·hidden
   */
  void join(
      DeviceFloats first,
      DeviceFloats second,
      DeviceFloats both,
      int frames,
      int sequences,
      int hidden,
      boolean reversed);

  /**
   * Takes apart what {@link #join} makes: of the sum of two gradients.
   *
   * @param byFirst the gradient by the next layer's input by way of its first GRU, frames ×
   *     sequences × 2·hidden
   * @param bySecond that by way of its second GRU, its frames in reverse order if {@code reversed}
   * @param first receives the first half, frames × sequences × hidden
   * @param second receives the other, its frames in reverse order if {@code reversed}
   */
  void splitSum(
      DeviceFloats byFirst,
      DeviceFloats bySecond,
      DeviceFloats first,
      DeviceFloats second,
      int frames,
      int sequences,
      int hidden,
      boolean reversed);

  /** Takes the halves of every row apart; {@code half} numbers each. */
  void split(DeviceFloats both, DeviceFloats first, DeviceFloats second, int rows, int half);

  /** Adds a bias to every row, in place; with {@code rectify}, what is then below 0 becomes 0. */
  void addBias(DeviceFloats values, DeviceFloats bias, int rows, int width, boolean rectify);

  /** Sets a gradient to 0, in place, where a rectified value is 0. */
  void maskUnlessPositive(DeviceFloats gradient, DeviceFloats values, long length);

  /** Sums rows. */
  void sumRows(DeviceFloats values, DeviceFloats sum, int rows, int width);

  /**
   * Divides every row by its length.
   *
   * @param lengths receives the lengths, which {@link #unitBackward} needs
   */
  void unitLength(
      DeviceFloats values, DeviceFloats unit, DeviceFloats lengths, int rows, int width);

  /** The gradient of {@link #unitLength} by its values, from that by its result. */
  void unitBackward(
      DeviceFloats gradient,
      DeviceFloats unit,
      DeviceFloats lengths,
      DeviceFloats result,
      int rows,
      int width);

  /**
   * {@code velocity = momentum·velocity + gradient + weightDecay·parameters; parameters −=
   * learningRate·velocity}.
   */
  void descend(
      DeviceFloats parameters,
      DeviceFloats velocity,
      DeviceFloats gradient,
      float learningRate,
      float momentum,
      float weightDecay);

  /** {@code key = kept·key + taken·query}. */
  void average(DeviceFloats key, DeviceFloats query, float kept, float taken);

  /**
   * Copies a matrix whose rows are {@code stride} numbers apart to its dense transpose.
   *
   * @param source rows × columns
   * @param target columns × rows
   */
  void pack(DeviceFloats source, int stride, DeviceFloats target, int rows, int columns);

  /** What {@link #pack} did, undone; what lies between the rows stays. */
  void unpack(DeviceFloats source, DeviceFloats target, int stride, int rows, int columns);

  /**
   * Rounds to bfloat16, to nearest, ties to even.
   *
   * @param rounded receives two numbers in the place of each float
   */
  void toBfloat16(DeviceFloats values, DeviceFloats rounded, long length);

  /** The floats that bfloat16 numbers stand for. */
  void fromBfloat16(DeviceFloats rounded, DeviceFloats values, long length);
}
