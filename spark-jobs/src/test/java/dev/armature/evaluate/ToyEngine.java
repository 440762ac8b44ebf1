package dev.armature.evaluate;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stand-in for an encoder: random projections of a view's mean and of its change. As a native
 * library's may, its results depend a little on what else is in the batch and where.
 */
final class ToyEngine implements EncoderEngine {
  static final AtomicInteger OPEN = new AtomicInteger();
  static final AtomicInteger OPENED = new AtomicInteger();

  private final EncoderShape shape;
  private final int modalities;
  private final float[][] parameters;
  private boolean closed;

  private ToyEngine(EncoderShape shape, int modalities) {
    this.shape = shape;
    this.modalities = modalities;
    parameters = new float[modalities][];
  }

  static EncoderEngine open(EncoderShape shape, int modalities) {
    OPEN.incrementAndGet();
    OPENED.incrementAndGet();
    return new ToyEngine(shape, modalities);
  }

  @Override
  public EncoderShape shape() {
    return shape;
  }

  @Override
  public int modalities() {
    return modalities;
  }

  @Override
  public void setParameters(Branch branch, int modality, float[] values) {
    if (branch == Branch.QUERY) {
      parameters[modality] = values.clone();
    }
  }

  @Override
  public float[] represent(int modality, ViewBatch views) {
    int columns = shape.representation();
    int features = views.features();
    float[] input = views.inputs()[modality];
    float[] own = parameters[modality];
    float[] values = new float[views.sequences() * columns];
    float batch = input[0] * 1e-3f;
    for (int row = 0; row < views.sequences(); row++) {
      for (int column = 0; column < columns; column++) {
        float sum = 0;
        for (int frame = 0; frame < views.frames(); frame++) {
          int place = views.offset(frame, row);
          for (int feature = 0; feature < features; feature++) {
            float weight = own[(column * features + feature) % own.length];
            sum += weight * input[place + feature] * (column % 2 == 0 ? 1f : frame - 31.5f);
          }
        }
        values[row * columns + column] = sum + (own[0] == 0 ? 0 : batch + row * 1e-6f);
      }
    }
    return values;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      OPEN.decrementAndGet();
    }
  }

  @Override
  public void readParameters(Branch branch, int modality, float[] destination) {
    throw evaluationOnly();
  }

  @Override
  public void setVelocity(int modality, float[] velocity) {
    throw evaluationOnly();
  }

  @Override
  public void readVelocity(int modality, float[] destination) {
    throw evaluationOnly();
  }

  @Override
  public float[] embed(int modality, ViewBatch views) {
    throw evaluationOnly();
  }

  @Override
  public float[][] embedQueries(ViewBatch views) {
    throw evaluationOnly();
  }

  @Override
  public float[][] embedKeys(ViewBatch views) {
    throw evaluationOnly();
  }

  @Override
  public void backward(float[][] gradients) {
    throw evaluationOnly();
  }

  @Override
  public void readGradients(int modality, float[] destination) {
    throw evaluationOnly();
  }

  @Override
  public void update(float learningRate, float momentum, float weightDecay) {
    throw evaluationOnly();
  }

  @Override
  public void movingAverage(double keyMomentum) {
    throw evaluationOnly();
  }

  private static UnsupportedOperationException evaluationOnly() {
    return new UnsupportedOperationException("evaluation represents and does nothing else");
  }
}
