package dev.armature.round;

import java.io.Serializable;

/**
 * Bytes that a round has moved, as Spark counts them.
 *
 * @param publishedModel of the broadcast of encoders and optimizer, serialized; every executor
 *     fetches as much
 * @param publishedQueues of the queues, or of the keys that are new in them; likewise
 * @param receivedParameters of the averages that came to the driver
 * @param receivedAccounts of keys and losses that came to the driver
 * @param shuffled that workers have written for those who sum
 * @param fetched of these, and of what was dealt out anew, that came from another executor
 * @param parameters of one copy of everything that is averaged
 */
public record RoundBytes(
    long publishedModel,
    long publishedQueues,
    long receivedParameters,
    long receivedAccounts,
    long shuffled,
    long fetched,
    long parameters)
    implements Serializable {

  /** How many copies of the averaged vectors the driver has received. */
  public double copiesReceived() {
    return (double) receivedParameters / parameters;
  }
}
