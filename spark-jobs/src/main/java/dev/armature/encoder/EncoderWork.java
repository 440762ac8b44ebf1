package dev.armature.encoder;

/**
 * How much arithmetic a training step is, so that its rate can be told in operations a second. Only
 * matrix products count, a multiplication and an addition as two.
 */
public final class EncoderWork {
  /** Query forward, query backward (twice the forward), key forward. */
  private static final long PASSES = 4;

  private EncoderWork() {}

  /** Operations of one sequence's forward pass through one encoder. */
  public static double forward(EncoderShape shape, int frames) {
    double hidden = shape.hidden();
    double perFrame = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      perFrame += 2 * 2 * (shape.layerInput(layer) + hidden) * 3 * hidden;
    }
    double wide = shape.representation();
    double heads = shape.heads() * 2 * (wide * wide + wide * shape.embedding());
    return frames * perFrame + heads;
  }

  /**
   * Bytes that one training step of all encoders moves between memory and what computes, at least:
   * all numbers are floats, and nothing is read or written twice within a pass.
   *
   * <p>Of parameters, 12 floats each: read in both forward passes and the backward one, gradients
   * written, five by the descent (parameters, momentum and gradient read, two of them written),
   * three by the moving average. Of every layer, a frame's input and output in both forward passes,
   * and both and the gradients by both in the backward one. Of every queue, three readings:
   * similarities of keys, of queries, and the gradient.
   *
   * @param queue keys of a queue
   */
  public static double leastBytes(
      EncoderShape shape, int modalities, int batch, int frames, int queue) {
    double perFrame = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      perFrame += 4.0 * (shape.layerInput(layer) + shape.representation());
    }
    double parameters = 12.0 * new ParameterLayout(shape).size();
    double queues = 3.0 * shape.heads() * queue * shape.embedding();
    return Float.BYTES * modalities * (parameters + perFrame * frames * batch + queues);
  }

  /** Operations of one training step of all encoders. */
  public static double step(EncoderShape shape, int modalities, int batch, int frames) {
    return (double) modalities * PASSES * batch * forward(shape, frames);
  }
}
