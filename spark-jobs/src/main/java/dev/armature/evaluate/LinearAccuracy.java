package dev.armature.evaluate;

/**
 * What a linear classifier reaches on the test split, in percent.
 *
 * @param lastEpoch after its last epoch: the honest number, nothing is chosen
 * @param bestEpoch after its best epoch, which is chosen on the test split itself; the authors
 *     report this one
 * @param epoch which epoch that was, counted from 1; the first of several
 */
record LinearAccuracy(double lastEpoch, double bestEpoch, int epoch) {

  /**
   * Picks the last and the best.
   *
   * @param byEpoch percents, at least one
   */
  static LinearAccuracy of(double[] byEpoch) {
    int best = 0;
    for (int epoch = 1; epoch < byEpoch.length; epoch++) {
      if (byEpoch[epoch] > byEpoch[best]) {
        best = epoch;
      }
    }
    return new LinearAccuracy(byEpoch[byEpoch.length - 1], byEpoch[best], best + 1);
  }
}
