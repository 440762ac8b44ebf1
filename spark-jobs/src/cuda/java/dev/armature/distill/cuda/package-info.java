/**
 * Losses on an NVIDIA GPU, beside the encoders there: queues are mirrored in its memory, and
 * similarities, neighbours, softmaxes and gradients never leave it. Only in builds with the profile
 * {@code cuda}.
 */
package dev.armature.distill.cuda;
