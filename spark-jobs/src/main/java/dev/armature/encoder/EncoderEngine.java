package dev.armature.encoder;

import dev.armature.augment.ViewBatch;
import java.util.Optional;

/**
 * One query encoder and one key encoder per modality, and what training does with them, in
 * whole-batch terms. A trainer never sees a layer; an engine never sees a loss. An engine may keep
 * everything on a device between {@link #setParameters} and {@link #readParameters}.
 *
 * <p>Flat vectors are laid out as {@link ParameterLayout} says, statistics of the input norm
 * included. An engine is used by one thread at a time and owns native memory until {@link #close}.
 * The same calls with the same numbers give the same numbers, bit for bit.
 */
public interface EncoderEngine extends AutoCloseable {

  /** Which of a modality's two encoders. */
  enum Branch {
    /** The encoder that learns by gradient. */
    QUERY,
    /** Its exponential moving average. */
    KEY
  }

  /** The sizes of every encoder in this engine. */
  EncoderShape shape();

  /** Number of modalities. */
  int modalities();

  /**
   * Replaces one encoder's parameters and statistics.
   *
   * @param parameters {@link ParameterLayout#size()} numbers; copied
   */
  void setParameters(Branch branch, int modality, float[] parameters);

  /** Copies one encoder's parameters and statistics out. */
  void readParameters(Branch branch, int modality, float[] destination);

  /** Replaces a query encoder's momentum buffer; zeros at the start of a run. */
  void setVelocity(int modality, float[] velocity);

  /** Copies a query encoder's momentum buffer out; zero at the places of statistics. */
  void readVelocity(int modality, float[] destination);

  /**
   * Embeds a batch by the query encoders in training mode (statistics of the batch, running
   * statistics updated) and keeps what {@link #backward} needs.
   *
   * @return by modality: heads × sequences × embedding, every embedding of length 1
   */
  float[][] embedQueries(ViewBatch views);

  /**
   * Embeds a batch by the key encoders in training mode; nothing is kept for a gradient. The batch
   * may have another number of sequences than that of the queries.
   *
   * @return by modality: heads × sequences × embedding, every embedding of length 1
   */
  float[][] embedKeys(ViewBatch views);

  /**
   * Computes the query encoders' gradients for the last {@link #embedQueries}.
   *
   * @param gradients by modality: the loss's gradient by the embeddings that were returned, same
   *     shape
   * @throws IllegalStateException without a preceding {@link #embedQueries}
   */
  void backward(float[][] gradients);

  /** Copies a query encoder's gradient out; for the statistics, zero. */
  void readGradients(int modality, float[] destination);

  /**
   * One step of stochastic gradient descent on the query encoders with the last gradients, as
   * PyTorch's SGD: {@code g += weightDecay·p; v = momentum·v + g; p -= learningRate·v}.
   */
  void update(float learningRate, float momentum, float weightDecay);

  /**
   * Moves the key encoders: {@code key = keyMomentum·key + (1 − keyMomentum)·query}, statistics
   * apart, which each branch keeps for itself. Both factors are rounded to float by themselves, as
   * PyTorch does it; their sum is then not exactly 1.
   */
  void movingAverage(double keyMomentum);

  /**
   * Representations by one query encoder in evaluation mode: running statistics, nothing changed.
   *
   * @return sequences × {@link EncoderShape#representation()}, not normalized
   */
  float[] represent(int modality, ViewBatch views);

  /**
   * Embeddings by the first head of one query encoder in evaluation mode: running statistics,
   * nothing changed.
   *
   * @return sequences × {@link EncoderShape#embedding()}, every embedding of length 1
   */
  float[] embed(int modality, ViewBatch views);

  /** Measures the device; empty where the processor computes. */
  default Optional<DeviceMeter> meter() {
    return Optional.empty();
  }

  /** Frees native and device memory. Idempotent. */
  @Override
  void close();
}
