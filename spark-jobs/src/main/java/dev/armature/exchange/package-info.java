/**
 * Checkpoints and encoders in the formats of other frameworks: the published PyTorch code's files,
 * and ONNX.
 *
 * <p>Knows what a checkpoint holds and how its parameters are laid out; knows nothing of runs,
 * folders or commands.
 */
package dev.armature.exchange;
