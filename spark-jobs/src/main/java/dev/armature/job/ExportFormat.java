package dev.armature.job;

/** What {@code export} writes. */
enum ExportFormat {
  /** What {@code torch.load} reads, as the published code saves it. */
  PYTORCH,
  /** The same tensors as a safetensors file. */
  SAFETENSORS,
  /** The query encoders, ready to be run. */
  ONNX
}
