/**
 * Views: the random looks at a sequence from which the encoders learn, and the batches they make.
 *
 * <p>Everything random is a function of (seed, epoch, sequence, view); nothing here keeps state
 * between calls.
 */
package dev.armature.augment;
