package dev.armature.job.preflight;

/**
 * What a check found.
 *
 * @param check what was looked at, in a word or two
 * @param found what is there
 * @param needed what was expected; empty if nothing in particular
 * @param remedy what to set; empty if all is well
 */
public record Finding(String check, String found, String needed, Verdict verdict, String remedy) {

  /** All is well. */
  public static Finding ok(String check, String found, String needed) {
    return new Finding(check, found, needed, Verdict.OK, "");
  }

  /** It works, but not as one may expect. */
  public static Finding warning(String check, String found, String needed, String remedy) {
    return new Finding(check, found, needed, Verdict.WARNING, remedy);
  }

  /** It would fail. */
  public static Finding fail(String check, String found, String needed, String remedy) {
    return new Finding(check, found, needed, Verdict.FAIL, remedy);
  }

  /**
   * It would be refused.
   *
   * @param why a whole sentence
   */
  public static Finding refused(String check, String why) {
    return new Finding(check, "refused, see below", "", Verdict.FAIL, why);
  }

  /** What is wrong and what to set, for a user who sees no table. */
  public String sentence() {
    return needed.isEmpty()
        ? remedy
        : "%s: found %s, needed: %s; %s".formatted(check, found, needed, remedy);
  }
}
