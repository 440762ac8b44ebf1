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

  /** Operations of one training step of all encoders. */
  public static double step(EncoderShape shape, int modalities, int batch, int frames) {
    return (double) modalities * PASSES * batch * forward(shape, frames);
  }
}
