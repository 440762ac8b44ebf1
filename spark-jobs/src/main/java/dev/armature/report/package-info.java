/** What the user sees of a run: progress, metrics. */
package dev.armature.report;
