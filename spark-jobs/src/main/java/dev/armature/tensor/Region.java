package dev.armature.tensor;

/**
 * A part of a file.
 *
 * @param begin its first byte
 * @param length how many bytes it has
 */
record Region(long begin, long length) {}
