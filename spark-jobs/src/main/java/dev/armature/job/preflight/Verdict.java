package dev.armature.job.preflight;

/** What a finding means for the work ahead. */
public enum Verdict {
  /** As it should be. */
  OK,
  /** It will work, but not as one may expect. */
  WARNING,
  /** It would fail. */
  FAIL
}
