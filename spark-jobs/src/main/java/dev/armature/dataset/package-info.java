/**
 * Data sets: readers of what others recorded, normalization, splits, the Parquet store and its
 * manifest.
 */
package dev.armature.dataset;
