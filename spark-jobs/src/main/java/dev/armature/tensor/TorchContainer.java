package dev.armature.tensor;

import java.util.Map;

/**
 * What a file of {@code torch.save} holds, whatever its container: the unpickled object, with
 * {@link TensorReference}s, and where the storages are.
 *
 * @param content as {@link RestrictedUnpickler} gives it
 * @param storages by key, each within the file and long enough for every reference
 */
record TorchContainer(Object content, Map<String, Region> storages) {
  /** The longest pickle that is read; a checkpoint of a thousand tensors has some 200 KB. */
  static final long LONGEST_PICKLE = 64L << 20;

  /** The most steps of a pickle; a tensor takes some thirty. */
  static final long STEPS = 1L << 21;
}
