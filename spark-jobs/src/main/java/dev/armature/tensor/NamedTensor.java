package dev.armature.tensor;

/**
 * A tensor and its name.
 *
 * @param name unique in a file
 * @param tensor its shape and numbers
 */
public record NamedTensor(String name, Tensor tensor) {}
