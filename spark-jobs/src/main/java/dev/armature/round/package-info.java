/**
 * Distributed distillation rounds: the coordinator on the driver, the local trainer on the
 * executors, averaging in the cluster, checkpoints.
 *
 * <p>Sequences come in as an RDD, state goes out to a listener; nothing here knows a data set's
 * files or a command line.
 */
package dev.armature.round;
