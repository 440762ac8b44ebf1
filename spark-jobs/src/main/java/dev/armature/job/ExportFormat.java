package dev.armature.job;

import java.util.Locale;

/** What {@code export} writes. */
enum ExportFormat {
  /** What {@code torch.load} reads, as the published code saves it. */
  PYTORCH,
  /** The same tensors as a safetensors file. */
  SAFETENSORS,
  /** The query encoders, ready to be run. */
  ONNX,
  /** The query encoders as a Spark ML transformer. */
  SPARK_ML;

  /** As it is written in a call. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
