package dev.armature.job;

import com.typesafe.config.Config;

/**
 * A row of a comparison: what it sets, which is trained once a seed.
 *
 * @param name for people
 * @param set keys of a run, without defaults
 */
record ComparisonCase(String name, Config set) {}
