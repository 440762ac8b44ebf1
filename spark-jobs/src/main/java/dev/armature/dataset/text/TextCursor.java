package dev.armature.dataset.text;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.Fault;
import java.nio.charset.StandardCharsets;

/**
 * Walks through lines of numbers in a byte buffer, without making an object per line or number.
 * Lines end in LF or CRLF; fields are parted by spaces or tabs; blank lines do not count as lines
 * of data. Not thread-safe.
 */
public final class TextCursor {
  /** 10⁰ to 10²²: the powers of ten that a double holds exactly. */
  private static final double[] POWERS = new double[23];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  /** Whole numbers up to here are exact as a double. */
  private static final long EXACT = 1L << 53;

  /** The 29 bits that a double has more than a float; exactly half of the float's last place. */
  private static final long EXTRA_BITS = (1L << 29) - 1;

  private static final long HALF = 1L << 28;

  private byte[] text = {};
  private int end;
  private int at;
  private int line;

  /** Starts at the first line of a text. */
  public void reset(byte[] buffer, int length) {
    reset(buffer, length, 0, 1);
  }

  /**
   * Starts at a later line of a text.
   *
   * @param length how many bytes of the buffer count
   * @param start where the line begins
   * @param number the line's, from 1, for messages
   */
  public void reset(byte[] buffer, int length, int start, int number) {
    text = buffer;
    end = length;
    at = start;
    line = number;
  }

  /** The line the cursor stands in, from 1. */
  public int line() {
    return line;
  }

  /**
   * Goes to the next line that is not blank; stays where it is if it stands at the start of one.
   *
   * @param what what is expected there, for the message
   * @throws BadRecordingException if the text ends before
   */
  public void toData(String what) throws BadRecordingException {
    if (!skipBlank()) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "line %d: the file ends where %s is expected; it is cut short".formatted(line, what));
    }
  }

  /** Whether only blank lines are left. */
  public boolean atEnd() {
    return !skipBlank();
  }

  private boolean skipBlank() {
    while (at < end) {
      byte c = text[at];
      if (c == '\n') {
        line++;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return true;
      }
      at++;
    }
    return false;
  }

  /**
   * Reads a line that holds one whole number.
   *
   * @throws BadRecordingException if there is no line or it holds something else
   */
  public int count(String what, int most) throws BadRecordingException {
    toData(what);
    long value = 0;
    int start = at;
    while (at < end && text[at] >= '0' && text[at] <= '9' && value <= most) {
      value = value * 10 + (text[at++] - '0');
    }
    if (at == start || value > most || !restIsBlank()) {
      at = start;
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "line %d: found '%s' where %s (0 to %d) is expected"
              .formatted(line, wordsHere(), what, most));
    }
    return (int) value;
  }

  private boolean restIsBlank() {
    while (at < end && text[at] != '\n') {
      byte c = text[at];
      if (c != ' ' && c != '\t' && c != '\r') {
        return false;
      }
      at++;
    }
    return true;
  }

  /** Whether there is another field in this line. */
  public boolean moreFields() {
    while (at < end && text[at] != '\n' && text[at] >= 0 && text[at] <= ' ') {
      at++;
    }
    return at < end && text[at] != '\n';
  }

  /**
   * Skips the rest of the line and says how many fields were there.
   *
   * <p>The line break itself is left for the next call, so that {@link #line} still names this
   * line.
   */
  public int skipFields() {
    int fields = 0;
    int previous = ' ';
    int i = at;
    for (; i < end; i++) {
      int c = text[i];
      if (c == '\n') {
        break;
      }
      // Everything up to the space parts fields: tab and carriage return too.
      if (c > ' ' && previous <= ' ') {
        fields++;
      }
      previous = c;
    }
    at = i;
    return fields;
  }

  /**
   * Reads a number, correctly rounded: the same float as {@link Float#parseFloat} gives.
   *
   * <p>Up to 2⁵³ the digits are exact as a double and so are the powers of ten up to 10²², so that
   * one division or product rounds once (Clinger, "How to read floating point numbers accurately",
   * PLDI 1990). Where that double lies exactly half way between two floats, rounding again could go
   * wrong, and the slow way is taken.
   *
   * @throws BadRecordingException if the field is no number
   */
  public float number(String what) throws BadRecordingException {
    while (at < end && (text[at] == ' ' || text[at] == '\t')) {
      at++;
    }
    int start = at;
    boolean negative = at < end && text[at] == '-';
    if (at < end && (text[at] == '-' || text[at] == '+')) {
      at++;
    }
    long digits = 0;
    int digitsRead = 0;
    int decimals = 0;
    boolean point = false;
    while (at < end) {
      int c = text[at];
      if (c >= '0' && c <= '9') {
        if (digits < EXACT) {
          digits = digits * 10 + (c - '0');
        }
        digitsRead++;
        decimals += point ? 1 : 0;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
      at++;
    }
    boolean plain = digitsRead > 0 && (at == end || text[at] <= ' ');
    if (plain && digits <= EXACT && decimals < POWERS.length) {
      double value = digits / POWERS[decimals];
      boolean ordinary = value == 0 || (value >= Float.MIN_NORMAL && value <= Float.MAX_VALUE);
      if (ordinary && (Double.doubleToRawLongBits(value) & EXTRA_BITS) != HALF) {
        return (float) (negative ? -value : value);
      }
    }
    return slowNumber(start, what);
  }

  private float slowNumber(int start, String what) throws BadRecordingException {
    at = start;
    while (at < end && text[at] > ' ') {
      at++;
    }
    String field = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
    if (field.contains("#") || word(field, "nan")) {
      return Float.NaN;
    }
    if (word(field, "inf")) {
      return field.startsWith("-") ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    }
    try {
      return Float.parseFloat(field);
    } catch (NumberFormatException e) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          field.isEmpty()
              ? "line %d: the line ends where %s is expected".formatted(line, what)
              : "line %d: found '%s' where %s is expected".formatted(line, excerpt(field), what));
    }
  }

  /** C libraries write nan, -nan(ind), inf, infinity, and older ones 1.#QNAN. */
  private static boolean word(String field, String word) {
    int start = field.startsWith("-") || field.startsWith("+") ? 1 : 0;
    return field.regionMatches(true, start, word, 0, word.length());
  }

  private String wordsHere() {
    int stop = at;
    while (stop < end && text[stop] != '\n' && text[stop] != '\r') {
      stop++;
    }
    return excerpt(new String(text, at, stop - at, StandardCharsets.ISO_8859_1));
  }

  private static String excerpt(String found) {
    int most = 40;
    String printable =
        found
            .codePoints()
            .limit(most)
            .map(c -> c < ' ' || c > '~' ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return found.length() > most ? printable + "…" : printable;
  }
}
