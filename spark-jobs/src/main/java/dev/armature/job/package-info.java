/**
 * The command line: one class a command, and what all of them need, configuration and a Spark
 * session.
 */
package dev.armature.job;
