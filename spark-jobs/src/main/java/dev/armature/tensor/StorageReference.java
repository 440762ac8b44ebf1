package dev.armature.tensor;

/**
 * A row of numbers that tensors are views of, as a pickle refers to it.
 *
 * @param type of its numbers
 * @param key its name in the file
 * @param length how many numbers are stored under the key
 * @param viewOffset number at which the part begins that tensors see; 0 but in very old files
 * @param viewLength how many numbers that part has
 */
record StorageReference(
    NumberType type, String key, long length, long viewOffset, long viewLength) {}
