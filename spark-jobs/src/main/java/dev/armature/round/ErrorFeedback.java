package dev.armature.round;

/**
 * Rounds changes to bfloat16 and keeps what rounding leaves out, for the next round: what is sent
 * over many rounds and what is still kept back add up to what was changed, but for float's own
 * rounding.
 *
 * <p>Sources: F. Seide et al., "1-Bit Stochastic Gradient Descent and its Application to
 * Data-Parallel Distributed Training of Speech DNNs", Interspeech 2014; S. P. Karimireddy et al.,
 * "Error Feedback Fixes SignSGD and other Gradient Compression Schemes", ICML 2019, Algorithm 2.
 */
final class ErrorFeedback {
  private ErrorFeedback() {}

  /**
   * @param published with which the round began
   * @param end with which the worker ends it
   * @param error what was kept back so far; replaced by what is kept back now
   * @param start first number of all three
   * @param length how many numbers
   */
  static BfloatBlock change(float[] published, float[] end, float[] error, int start, int length) {
    short[] sent = new short[length];
    for (int i = 0; i < length; i++) {
      int at = start + i;
      float change = end[at] - published[at] + error[at];
      sent[i] = Bfloat16.of(change);
      error[at] = change - Bfloat16.value(sent[i]);
    }
    return new BfloatBlock(sent);
  }
}
