package dev.armature.encoder.cuda;

/**
 * What losses over a queue of keys compute beside matrix products. A row is the similarities of one
 * embedding with the whole queue, or what belongs to them by position. Arrays are dense and
 * row-major; sums are taken in double precision, in an order that depends on sizes alone.
 *
 * <p>A teacher's word on a sequence is a row of probabilities: of its neighbours, and −1 where a key
 * is none. What is no number counts as a neighbour's, so that losses become no numbers either.
 */
public interface LossKernels {

  /**
   * Replaces every row of similarities by a teacher's word: the softmax over the greatest of them.
   * Of equal similarities the lower positions are chosen.
   *
   * @param similarities rows × queue; replaced
   * @param wanted how many are neighbours, 1 to {@code queue}
   * @param scale 1 / temperature
   */
  void neighbours(DeviceFloats similarities, int rows, int queue, int wanted, float scale);

  /**
   * Adds a teacher's share to the mean of several, whose neighbours are those of any of them.
   *
   * @param consensus overwritten where the teacher is the first
   * @param share by which probabilities are multiplied
   */
  void agree(DeviceFloats teacher, DeviceFloats consensus, float share, boolean first);

  /**
   * Mixes every key with the keys of the queue that are highly correlated with it, and makes the mix
   * of length 1: weights are the softmax of their similarities, the key's own being 1. A key without
   * any is its own mix, to the bit. What is no number is no neighbour by being similar enough.
   *
   * @param similarities of the keys, rows × queue; replaced by 1 where a key of the queue is in the
   *     mix and −1 elsewhere
   * @param keys rows × embedding
   * @param queueKeys queue × embedding
   * @param aggregates receives the mixes, rows × embedding
   * @param counts receives how many neighbours are in the mix, a number a row
   * @param most of them, the most similar ones; of equal ones the lower positions. At least 0
   * @param least similarity of a neighbour
   * @param scale 1 / temperature of the weights
   */
  void aggregate(
      DeviceFloats similarities,
      DeviceFloats keys,
      DeviceFloats queueKeys,
      DeviceFloats aggregates,
      DeviceFloats counts,
      int rows,
      int queue,
      int embedding,
      int most,
      float least,
      float scale);

  /**
   * Contrastive losses of queries, each with a key of its own and all keys of the queue, and their
   * derivatives.
   *
   * @param queries rows × embedding
   * @param keys rows × embedding, the positives
   * @param excluded rows × queue, less than 0 where a key is a negative; null where all are
   * @param coefficients receives the derivatives by the similarities, rows × queue
   * @param gradient rows × embedding; what the positives give is added
   * @param losses receives a number a row
   * @param scale 1 / temperature
   * @param factor by which all derivatives are multiplied
   */
  void contrast(
      DeviceFloats similarities,
      DeviceFloats queries,
      DeviceFloats keys,
      DeviceFloats excluded,
      DeviceFloats coefficients,
      DeviceFloats gradient,
      DeviceFloats losses,
      int rows,
      int queue,
      int embedding,
      float scale,
      float factor);

  /**
   * Divergence of a teacher's word from the students' softmax over the same neighbours.
   *
   * @param teacher rows × queue
   * @param coefficients the derivatives by the similarities are added, rows × queue
   * @param losses receives a number a row
   * @param scale 1 / temperature of the students
   * @param factor by which the derivatives are multiplied
   */
  void distil(
      DeviceFloats similarities,
      DeviceFloats teacher,
      DeviceFloats coefficients,
      DeviceFloats losses,
      int rows,
      int queue,
      float scale,
      float factor);

  /**
   * What mined positives add to contrastive losses.
   *
   * @param teacher rows × queue, whose neighbours are the positives
   * @param coefficients the derivatives by the similarities are added, rows × queue
   * @param gradient rows × embedding; what the own positives give is added
   * @param losses receives a number a row
   * @param mined neighbours of a row
   * @param scale 1 / temperature of the contrastive loss
   * @param factor by which all derivatives are multiplied
   * @param logOfSum whether several positives are the logarithm of their likelihoods' sum, not the
   *     mean of their logarithms
   */
  void mine(
      DeviceFloats similarities,
      DeviceFloats queries,
      DeviceFloats keys,
      DeviceFloats teacher,
      DeviceFloats coefficients,
      DeviceFloats gradient,
      DeviceFloats losses,
      int rows,
      int queue,
      int embedding,
      int mined,
      float scale,
      float factor,
      boolean logOfSum);
}
