/**
 * Trained encoders in the formats of other frameworks.
 *
 * <p>Knows what an encoder computes and how its parameters are laid out; knows nothing of runs,
 * folders or commands.
 */
package dev.armature.exchange;
