package dev.armature.encoder;

import org.bytedeco.javacpp.FloatPointer;

/**
 * From six bias vectors to oneDNN's four and back.
 *
 * <p>oneDNN's are: update, reset, the candidate's outside the reset gate, the candidate's inside
 * it. The first two are sums of an input and a hidden bias, so each of the two gets the whole
 * gradient.
 */
final class OneDnnBias {
  private OneDnnBias() {}

  static FloatPointer merged(GruWeights weights, int hidden, NativeBlock block) {
    float[] input = NativeFloats.read(weights.inputBias());
    float[] state = NativeFloats.read(weights.hiddenBias());
    float[] merged = new float[4 * hidden];
    for (int i = 0; i < 2 * hidden; i++) {
      merged[i] = input[i] + state[i];
    }
    System.arraycopy(input, 2 * hidden, merged, 2 * hidden, hidden);
    System.arraycopy(state, 2 * hidden, merged, 3 * hidden, hidden);
    return filled(merged, block);
  }

  static FloatPointer zeroed(int hidden, NativeBlock block) {
    return filled(new float[4 * hidden], block);
  }

  static void split(NativeBlock block, int hidden, GruWeights gradients) {
    float[] merged = new float[4 * hidden];
    block.atLeast((long) merged.length * Float.BYTES).get(merged);
    NativeFloats.write(merged, 3 * hidden, gradients.inputBias());
    System.arraycopy(merged, 3 * hidden, merged, 2 * hidden, hidden);
    NativeFloats.write(merged, 3 * hidden, gradients.hiddenBias());
  }

  private static FloatPointer filled(float[] values, NativeBlock block) {
    FloatPointer pointer = block.atLeast((long) values.length * Float.BYTES);
    pointer.put(values, 0, values.length);
    return pointer;
  }
}
