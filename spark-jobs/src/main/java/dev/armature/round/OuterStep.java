package dev.armature.round;

import dev.armature.encoder.ParameterLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies the outer optimizer to all query encoders of a run, and keeps its momentum. The input
 * norm's running statistics are measured, not descended: they stay averages. Used by the driver's
 * thread alone.
 */
final class OuterStep {
  private final OuterOptimizer optimizer;
  private final ParameterLayout layout;
  private final List<FloatBlock> momentum;

  /**
   * @param start momentum to go on with, by modality, copied; empty for none yet
   */
  OuterStep(
      OuterOptimizer optimizer, ParameterLayout layout, int modalities, List<FloatBlock> start) {
    this.optimizer = optimizer;
    this.layout = layout;
    momentum = new ArrayList<>();
    for (int m = 0; optimizer.hasMomentum() && m < modalities; m++) {
      momentum.add(
          new FloatBlock(
              start.isEmpty() ? new float[layout.size()] : start.get(m).values().clone()));
    }
  }

  /**
   * @param published by modality, with which the round began
   * @param averages by modality; replaced by what the next round begins with
   * @param rate the workers' learning rate in the round's last step
   */
  void apply(List<FloatBlock> published, List<FloatBlock> averages, double rate) {
    for (int m = 0; m < averages.size(); m++) {
      float[] own = momentum.isEmpty() ? new float[0] : momentum.get(m).values();
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        if (!tensor.statistic()) {
          optimizer.step(
              published.get(m).values(),
              averages.get(m).values(),
              own,
              rate,
              tensor.offset(),
              tensor.offset() + tensor.length());
        }
      }
    }
  }

  /** The momentum by modality, as it stands; empty without. The next step changes it. */
  List<FloatBlock> momentum() {
    return List.copyOf(momentum);
  }
}
