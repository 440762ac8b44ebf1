/**
 * NumPy arrays as the authors of the published methods prepare them: already normalized and split.
 */
package dev.armature.dataset.numpy;
