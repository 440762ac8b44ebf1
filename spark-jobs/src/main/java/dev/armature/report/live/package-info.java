/**
 * What Spark's metrics system hands out of a run while it goes on, to Prometheus or whatever else
 * the cluster collects with: a plugin of Spark's, with a part on the driver and one on every
 * executor.
 */
package dev.armature.report.live;
