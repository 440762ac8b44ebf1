package dev.armature.dataset.ntu;

import java.util.Optional;

/**
 * What an NTU RGB+D sample's name says: {@code SsssCcccPpppRrrrAaaa}.
 *
 * @param setup the recording set-up, from 1
 * @param camera 1 to 3
 * @param subject the performer, from 1
 * @param repetition 1 or 2
 * @param action from 1
 */
public record NtuName(int setup, int camera, int subject, int repetition, int action) {
  private static final int LENGTH = 20;
  private static final String LETTERS = "SCPRA";

  /** Reads the first 20 characters of a text; empty if they are not a sample's name. */
  public static Optional<NtuName> parse(String text) {
    if (text.length() < LENGTH) {
      return Optional.empty();
    }
    int[] numbers = new int[LETTERS.length()];
    for (int i = 0; i < LETTERS.length(); i++) {
      int at = i * 4;
      if (text.charAt(at) != LETTERS.charAt(i)) {
        return Optional.empty();
      }
      for (int digit = at + 1; digit < at + 4; digit++) {
        char c = text.charAt(digit);
        if (c < '0' || c > '9') {
          return Optional.empty();
        }
        numbers[i] = numbers[i] * 10 + (c - '0');
      }
    }
    return Optional.of(new NtuName(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
  }

  /** The name itself. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(LENGTH);
    int[] numbers = {setup, camera, subject, repetition, action};
    for (int i = 0; i < numbers.length; i++) {
      text.append(LETTERS.charAt(i));
      text.append((char) ('0' + numbers[i] / 100 % 10));
      text.append((char) ('0' + numbers[i] / 10 % 10));
      text.append((char) ('0' + numbers[i] % 10));
    }
    return text.toString();
  }
}
