/**
 * What the encoders are worth: nearest neighbours and linear classification, beside honest
 * baselines.
 */
package dev.armature.evaluate;
