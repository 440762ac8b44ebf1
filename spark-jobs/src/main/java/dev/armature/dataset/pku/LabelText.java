package dev.armature.dataset.pku;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The labels of one recording: a line {@code action,start,end,confidence} for every action in it,
 * frames counted from 0. As the published preprocessing cuts it, an action has the frames from
 * start up to, not with, end.
 *
 * @param actions in the file's order
 * @param problems what is wrong with other lines
 */
record LabelText(List<Labelled> actions, List<Problem> problems) {
  /** More frames than any recording has: nine hours at 30 a second. */
  private static final int MOST_FRAMES = 1_000_000;

  /** Fields may be written as whole floats, as NumPy's savetxt does; the confidence is not used. */
  private static final Pattern LINE =
      Pattern.compile(
          "(\\d{1,9})(?:\\.0*)?\\s*,\\s*(\\d{1,9})(?:\\.0*)?\\s*,\\s*(\\d{1,9})(?:\\.0*)?\\s*(?:,[^,]*)?,?");

  private static final int LONGEST_EXCERPT = 60;

  /**
   * One action.
   *
   * @param action from 1
   * @param start its first frame, from 0
   * @param end the frame after its last one
   */
  record Labelled(int action, int start, int end) {}

  /**
   * A line that is no label.
   *
   * @param line from 1
   * @param reason what was found and what was expected
   */
  record Problem(int line, String reason) {}

  /** Reads a file. */
  static LabelText parse(byte[] text, int length) {
    List<Labelled> actions = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    int number = 0;
    for (String line : new String(text, 0, length, StandardCharsets.ISO_8859_1).lines().toList()) {
      number++;
      String content = line.strip();
      if (content.isEmpty()) {
        continue;
      }
      Matcher matcher = LINE.matcher(content);
      if (!matcher.matches()) {
        problems.add(
            new Problem(
                number,
                "line %d of its labels is '%s', expected action,start,end,confidence"
                    .formatted(number, excerpt(content))));
        continue;
      }
      Labelled labelled =
          new Labelled(
              Integer.parseInt(matcher.group(1)),
              Integer.parseInt(matcher.group(2)),
              Integer.parseInt(matcher.group(3)));
      if (labelled.end() <= labelled.start() || labelled.end() > MOST_FRAMES) {
        problems.add(
            new Problem(
                number,
                "line %d of its labels has an action from frame %d to %d, expected a later end, at most %d"
                    .formatted(number, labelled.start(), labelled.end(), MOST_FRAMES)));
      } else {
        actions.add(labelled);
      }
    }
    return new LabelText(List.copyOf(actions), List.copyOf(problems));
  }

  private static String excerpt(String content) {
    String printable = content.replaceAll("[^ -~]", "?");
    return printable.length() > LONGEST_EXCERPT
        ? printable.substring(0, LONGEST_EXCERPT) + "…"
        : printable;
  }
}
