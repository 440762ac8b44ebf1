/**
 * Generated human motion: articulated bodies that act, seen by a noisy depth sensor. It stands in
 * for a recorded data set where none may be had, and goes through the same preparation.
 */
package dev.armature.dataset.synthetic;
