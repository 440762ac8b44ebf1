/**
 * {@code report.html}: what a run's folder holds, as one page for people. Reads files, and knows
 * nothing of Spark.
 */
package dev.armature.report.page;
