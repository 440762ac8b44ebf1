/**
 * What the encoders are worth: nearest neighbours and linear classification, beside honest
 * baselines.
 *
 * <p>Representations are computed on the executors and classified beside the encoders' own initial
 * weights and a geometric descriptor that learns nothing. Nothing here knows the command line or
 * how results are shown beyond one text table.
 */
package dev.armature.evaluate;
