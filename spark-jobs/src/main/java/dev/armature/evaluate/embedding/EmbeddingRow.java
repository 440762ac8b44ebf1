package dev.armature.evaluate.embedding;

/**
 * A sequence and its vectors.
 *
 * @param split label of its split
 * @param index its place there
 * @param id its id
 * @param label the action; below 0 where there is none
 * @param vectors in the order of the columns
 */
record EmbeddingRow(String split, int index, String id, int label, float[][] vectors) {}
