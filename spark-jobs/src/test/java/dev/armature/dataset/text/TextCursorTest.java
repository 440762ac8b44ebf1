package dev.armature.dataset.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.BadRecordingException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TextCursorTest {
  @Property(tries = 2000)
  void a_written_float_is_read_back_exactly(@ForAll int bits) throws BadRecordingException {
    Float value = Float.intBitsToFloat(bits);
    assertThat(parse(value.toString())).isEqualTo(value);
  }

  @Property(tries = 2000)
  void any_decimal_is_rounded_as_the_java_library_does(
      @ForAll long digits, @ForAll @IntRange(max = 25) int decimals) throws BadRecordingException {
    String text = BigDecimal.valueOf(digits, decimals).toPlainString();
    assertThat(parse(text)).isEqualTo(Float.parseFloat(text));
  }

  @Property(tries = 1000)
  void a_number_half_way_between_two_floats_is_rounded_once(
      @ForAll @IntRange(min = 1 << 23, max = (1 << 24) - 2) int mantissa,
      @ForAll @IntRange(min = -1, max = 1) int off)
      throws BadRecordingException {
    // mantissa + ½ is exactly half way; a tiny bit more or less must decide.
    String text =
        switch (off) {
          case -1 -> mantissa + ".4999999999999999";
          case 0 -> mantissa + ".5";
          default -> mantissa + ".5000000000000001";
        };
    assertThat(parse(text)).isEqualTo(Float.parseFloat(text));
  }

  @Test
  void unusual_ways_of_writing_a_number_are_read() throws BadRecordingException {
    assertThat(parse("+1.5")).isEqualTo(1.5f);
    assertThat(parse(".25")).isEqualTo(0.25f);
    assertThat(parse("-3.")).isEqualTo(-3f);
    assertThat(parse("1e-3")).isEqualTo(0.001f);
    assertThat(parse("-0")).isEqualTo(-0f);
    assertThat(parse("-1.#IND")).isNaN();
    assertThat(parse("nan")).isNaN();
    assertThat(parse("-inf")).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void what_is_no_number_is_refused() {
    assertThatThrownBy(() -> parse("1.2.3"))
        .hasMessage("line 1: found '1.2.3' where x is expected");
    assertThatThrownBy(() -> parse("abc")).hasMessage("line 1: found 'abc' where x is expected");
    assertThatThrownBy(() -> parse("-")).hasMessage("line 1: found '-' where x is expected");
    assertThatThrownBy(() -> parse(" \n1")).hasMessage("line 1: the line ends where x is expected");
  }

  @Test
  void lines_are_counted_across_blank_ones_and_both_kinds_of_breaks() throws BadRecordingException {
    TextCursor cursor = new TextCursor();
    byte[] text = "7\r\n\n  8 \r\n a\tb  c\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    cursor.reset(text, text.length);
    assertThat(cursor.count("n", 10)).isEqualTo(7);
    assertThat(cursor.count("n", 10)).isEqualTo(8);
    assertThat(cursor.line()).isEqualTo(3);
    cursor.toData("fields");
    assertThat(cursor.line()).isEqualTo(4);
    assertThat(cursor.skipFields()).isEqualTo(3);
    assertThat(cursor.atEnd()).isTrue();
  }

  private static float parse(String text) throws BadRecordingException {
    TextCursor cursor = new TextCursor();
    byte[] bytes = (" " + text + " 4").getBytes(StandardCharsets.US_ASCII);
    cursor.reset(bytes, bytes.length);
    return cursor.number("x");
  }
}
