/**
 * What trained encoders are used for: a vector for every sequence, in Parquet, in DataFrames, and
 * for search.
 *
 * <p>Everything is encoded in blocks by {@link dev.armature.evaluate.embedding.BlockEncoder};
 * nothing here knows the command line.
 */
package dev.armature.evaluate.embedding;
