package dev.armature.tensor;

/**
 * A view of a storage, as a pickle describes it; nothing of it is checked.
 *
 * @param storage what it views
 * @param offset its first number in the storage
 * @param shape its dimensions
 * @param strides numbers from one element to the next along each dimension
 */
record TensorReference(StorageReference storage, long offset, long[] shape, long[] strides) {}
