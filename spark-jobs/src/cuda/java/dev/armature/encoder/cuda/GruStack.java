package dev.armature.encoder.cuda;

import dev.armature.encoder.EncoderShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The GRUs of an encoder's layers; layers of one input width share theirs. */
final class GruStack implements AutoCloseable {
  private final Map<Integer, DeviceGru> byInput = new LinkedHashMap<>();
  private final EncoderShape shape;

  GruStack(Device device, EncoderShape shape) {
    this.shape = shape;
    try {
      for (int layer = 0; layer < shape.layers(); layer++) {
        int input = shape.layerInput(layer);
        if (!byInput.containsKey(input)) {
          byInput.put(input, device.newGru(input, shape.hidden()));
        }
      }
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned());
      throw failure;
    }
  }

  /** Either GRU of a layer. */
  DeviceGru of(int layer) {
    return byInput.get(shape.layerInput(layer));
  }

  /** Where the parameters of each layer's GRUs are. */
  List<GruSpace> spaces() {
    List<GruSpace> spaces = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      spaces.add(of(layer).space());
    }
    return spaces;
  }

  private Deque<AutoCloseable> owned() {
    Deque<AutoCloseable> owned = new ArrayDeque<>(byInput.values());
    byInput.clear();
    return owned;
  }

  @Override
  public void close() {
    Release.all(owned());
  }
}
