package dev.armature.tensor;

/**
 * A float32 tensor and its name.
 *
 * @param name unique in a file
 * @param tensor its shape and numbers
 */
public record NamedTensor(String name, FloatTensor tensor) {}
