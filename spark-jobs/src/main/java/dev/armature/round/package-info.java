/**
 * Distributed distillation rounds: the coordinator on the driver, the local trainer on the
 * executors, averaging in the cluster, checkpoints.
 */
package dev.armature.round;
