/**
 * What a skeleton sequence is: its numbers, the layout of its joints, and the modalities that are
 * derived from it.
 *
 * <p>Nothing here knows where a sequence came from or what is done with it.
 */
package dev.armature.skeleton;
