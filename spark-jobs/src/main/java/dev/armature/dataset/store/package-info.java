/**
 * The prepared data set: Parquet that any Spark user can read, with a manifest that says what it
 * is; and the Spark job that makes it. The only part of {@code dataset} that knows Spark.
 */
package dev.armature.dataset.store;
