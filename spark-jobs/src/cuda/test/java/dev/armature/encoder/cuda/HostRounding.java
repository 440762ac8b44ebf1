package dev.armature.encoder.cuda;

import dev.armature.encoder.GpuPrecision;

/** How a GPU's products round, to nearest, ties to even. */
record HostRounding(GpuPrecision precision) {

  /** Bits of a float's mantissa that neither leaves. */
  private int dropped() {
    return precision == GpuPrecision.TF32 ? 13 : 16;
  }

  /** A factor of a product. */
  double factor(double value) {
    return precision == GpuPrecision.FLOAT32 ? value : rounded((float) value, dropped());
  }

  /** What a recurrent layer keeps in memory: rounded where all that it is given is. */
  double kept(double value) {
    return precision == GpuPrecision.BFLOAT16 ? rounded((float) value, dropped()) : value;
  }

  private static float rounded(float value, int dropped) {
    int bits = Float.floatToRawIntBits(value);
    int half = (1 << (dropped - 1)) - 1 + (bits >>> dropped & 1);
    return Float.intBitsToFloat(bits + half & -(1 << dropped));
  }
}
