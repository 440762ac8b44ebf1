package dev.armature.round;

import java.io.Serializable;

/** Numbers on their way from a worker to where they are summed. */
sealed interface WireBlock extends Serializable permits FloatBlock, BfloatBlock {
  /** How many. */
  int length();

  /** {@code sum += weight · these}. */
  void addTo(double[] sum, double weight);
}
