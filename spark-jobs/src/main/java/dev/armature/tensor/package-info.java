/**
 * File formats of named tensors and arrays: safetensors, the files of PyTorch's {@code torch.save},
 * and pickles with NumPy arrays, read without running anything that they name.
 *
 * <p>Nothing here knows encoders, checkpoints or Spark; a tensor is a shape and numbers.
 */
package dev.armature.tensor;
