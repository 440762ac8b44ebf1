/**
 * Views: the random looks at a sequence from which the encoders learn, and the batches they make.
 *
 * <p>Everything random is a function of (seed, epoch, sequence); nothing here keeps state.
 */
package dev.armature.augment;
