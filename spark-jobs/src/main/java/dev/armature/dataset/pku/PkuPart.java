package dev.armature.dataset.pku;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two parts of PKU-MMD, whose recordings are named differently. */
public enum PkuPart {
  /** 1,076 recordings of some three minutes, {@code 0002-L}; 51 actions. */
  ONE("pku-mmd-1", "0002-L.txt", "(\\d{4})-([LMR])"),
  /** 1,009 recordings of some one to two minutes, {@code A01N01-L}; 41 of the 51 actions. */
  TWO("pku-mmd-2", "A01N01-L.txt", "A\\d{2}N(\\d{2})-([LMR])");

  private static final String CAMERAS = "LMR";

  private final String label;
  private final String example;
  private final Pattern pattern;

  PkuPart(String label, String example, String pattern) {
    this.label = label;
    this.example = example;
    this.pattern = Pattern.compile(pattern);
  }

  /** The data set's name in commands. */
  public String label() {
    return label;
  }

  /** How a file of this part is called, for messages. */
  String example() {
    return example;
  }

  /** The part that the other one is. */
  PkuPart other() {
    return this == ONE ? TWO : ONE;
  }

  /**
   * What a recording's name says.
   *
   * @param subject the person by the data set's number; 0 in part I, whose names do not tell
   * @param camera 1 left, 2 middle, 3 right
   */
  record Name(int subject, int camera) {}

  /** Reads a recording's name, without ".txt"; empty if it is not one of this part. */
  Optional<Name> parse(String name) {
    Matcher matcher = pattern.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int subject = this == TWO ? Integer.parseInt(matcher.group(1)) : 0;
    return Optional.of(new Name(subject, 1 + CAMERAS.indexOf(matcher.group(2))));
  }
}
