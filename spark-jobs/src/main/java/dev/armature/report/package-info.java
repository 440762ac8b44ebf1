/**
 * What the user sees of a run while it goes on and keeps of it afterwards: progress and metrics.
 */
package dev.armature.report;
