package dev.armature.round;

import dev.armature.encoder.ParameterLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The exponential moving average of the key encoders between rounds ({@link Teacher#PER_ROUND}).
 * Nobody evaluates with a key encoder's running statistics; they follow the query encoder's.
 */
final class TeacherAverage {
  private TeacherAverage() {}

  /**
   * @param kept share of the old key encoder that remains
   */
  static List<FloatBlock> move(
      List<FloatBlock> key, List<FloatBlock> query, double kept, ParameterLayout layout) {
    List<FloatBlock> moved = new ArrayList<>();
    for (int m = 0; m < key.size(); m++) {
      float[] from = key.get(m).values();
      float[] to = query.get(m).values().clone();
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        if (!tensor.statistic()) {
          for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
            to[i] = (float) (kept * from[i] + (1 - kept) * to[i]);
          }
        }
      }
      moved.add(new FloatBlock(to));
    }
    return moved;
  }
}
