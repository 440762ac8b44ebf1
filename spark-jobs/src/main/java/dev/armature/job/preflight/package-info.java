/**
 * What is looked at before any work, so that what cannot work is refused at once: a class a check,
 * each of which gives {@link dev.armature.job.preflight.Finding}s. Knows Spark, Hadoop and the
 * sizes of a run; knows nothing of command lines and configuration files.
 */
package dev.armature.job.preflight;
