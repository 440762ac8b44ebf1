package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the build says of versions. */
final class Pom {
  private Pom() {}

  static String property(String name) {
    return first("<%1$s>([^<]+)</%1$s>".formatted(name.replace(".", "\\.")));
  }

  /** Armature's own. */
  static String version() {
    return first("<version>([^<]+)</version>");
  }

  private static String first(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(Repository.read("pom.xml"));
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
