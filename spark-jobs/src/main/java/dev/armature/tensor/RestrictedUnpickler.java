package dev.armature.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads pickles that build containers, strings and numbers, and what a fixed list of names stands
 * for. A pickle is a program that may call anything by name; here every step that is not listed is
 * refused, every name goes to {@link PickleNames}, and the number of steps is limited. The format
 * is that of Python's {@code pickletools}, protocols 0 to 5.
 *
 * <p>Dictionaries come as {@link PickleDictionary}, tuples as arrays, lists as {@link List}s.
 */
final class RestrictedUnpickler extends Unpickler {
  /** Steps that the library takes as they are: numbers, tuples, lists, the stack and the memo. */
  private static final Set<Short> PLAIN =
      Set.of(
          Opcodes.PROTO,
          Opcodes.FRAME,
          Opcodes.STOP,
          Opcodes.MARK,
          Opcodes.POP,
          Opcodes.POP_MARK,
          Opcodes.DUP,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.INT,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.LONG1,
          Opcodes.FLOAT,
          Opcodes.BINFLOAT,
          Opcodes.STRING,
          Opcodes.UNICODE,
          Opcodes.TUPLE,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.LIST,
          Opcodes.EMPTY_LIST,
          Opcodes.APPEND,
          Opcodes.APPENDS,
          Opcodes.GET,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET,
          Opcodes.PUT,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT,
          Opcodes.MEMOIZE);

  /** Where bytes may stand, a longer text is taken for bytes: names and keys are short. */
  private static final int LONGEST_TEXT = 1 << 12;

  private final PickleInput pickle;
  private final PickleNames names;
  private final long limit;
  private long steps;
  private long begin;

  private RestrictedUnpickler(PickleInput pickle, PickleNames names, long limit) {
    this.pickle = pickle;
    this.names = names;
    this.limit = limit;
  }

  /**
   * Reads one pickle; the input then stands behind it.
   *
   * @param limit the most steps it may have; each makes one object at most
   * @throws TensorFileException if it is garbled, cut short, beyond a limit, or names or does what
   *     it must not
   * @throws IOException if reading fails
   */
  static Object read(PickleInput pickle, PickleNames names, long limit) throws IOException {
    try {
      return new RestrictedUnpickler(pickle, names, limit).load(pickle);
    } catch (RuntimeException wrong) {
      // Garbled bytes make the library's stack machine fail in many ways.
      throw new TensorFileException(
          "its pickle is garbled near byte %d".formatted(pickle.position()), wrong);
    }
  }

  @Override
  protected Object dispatch(short step) throws IOException {
    if (++steps > limit) {
      throw new TensorFileException(
          "its pickle has more than %d steps, the most that are followed".formatted(limit));
    }
    begin = pickle.position() - 1;
    if (PLAIN.contains(step)) {
      return super.dispatch(step);
    }
    switch (step) {
      case Opcodes.LONG -> stack.add(Long.valueOf(decimal()));
      case Opcodes.BINUNICODE -> stack.add(text(unsigned(Integer.BYTES)));
      case Opcodes.BINUNICODE8 -> stack.add(text(unsigned(Long.BYTES)));
      case Opcodes.SHORT_BINUNICODE -> stack.add(text(unsigned(Byte.BYTES)));
      case Opcodes.BINSTRING -> stack.add(bytes(unsigned(Integer.BYTES)));
      case Opcodes.SHORT_BINSTRING -> stack.add(bytes(unsigned(Byte.BYTES)));
      case Opcodes.EMPTY_DICT -> stack.add(new PickleDictionary(false));
      case Opcodes.DICT -> {
        List<Object> items = stack.pop_all_since_marker();
        PickleDictionary dictionary = new PickleDictionary(false);
        putAll(dictionary, items);
        stack.add(dictionary);
      }
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        Object key = stack.pop();
        ((PickleDictionary) stack.peek()).put(key, value);
      }
      case Opcodes.SETITEMS -> {
        List<Object> items = stack.pop_all_since_marker();
        putAll((PickleDictionary) stack.peek(), items);
      }
      case Opcodes.GLOBAL ->
          stack.add(names.find(PickleUtils.readline(pickle), PickleUtils.readline(pickle)));
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        stack.add(names.find(string(stack.pop()), string(name)));
      }
      case Opcodes.REDUCE -> {
        List<?> arguments = Arrays.asList((Object[]) stack.pop());
        stack.add(names.call(stack.pop(), arguments));
      }
      case Opcodes.BINPERSID -> stack.add(names.persistent(stack.pop()));
      case Opcodes.BUILD -> {
        Object state = stack.pop();
        try {
          names.build(stack.peek(), state);
        } catch (TensorFileException wrong) {
          throw new TensorFileException(
              "%s, at byte %d".formatted(wrong.getMessage(), begin), wrong);
        }
      }
      case Opcodes.BINBYTES -> stack.add(bytes(step, Integer.BYTES));
      case Opcodes.SHORT_BINBYTES -> stack.add(bytes(step, Byte.BYTES));
      case Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 -> stack.add(bytes(step, Long.BYTES));
      case Opcodes.INST -> {
        names.find(PickleUtils.readline(pickle), PickleUtils.readline(pickle));
        throw foreign(step);
      }
      default -> throw foreign(step);
    }
    return NO_RETURN_VALUE;
  }

  private TensorFileException foreign(short step) {
    return new TensorFileException(
        "its pickle holds more than containers, strings and numbers: step 0x%02x at byte %d"
            .formatted(step, begin));
  }

  private static void putAll(PickleDictionary dictionary, List<Object> items)
      throws TensorFileException {
    for (int i = 0; i < items.size(); i += 2) {
      dictionary.put(items.get(i), items.get(i + 1));
    }
  }

  /** A line with a number of 64 bits at most, as Python 2 wrote it: {@code 12L}. */
  private long decimal() throws IOException {
    String line = PickleUtils.readline(pickle);
    return Long.parseLong(line.endsWith("L") ? line.substring(0, line.length() - 1) : line);
  }

  private long unsigned(int width) throws IOException {
    return LittleEndian.wrap(Arrays.copyOf(pickle.take(width), Long.BYTES)).getLong();
  }

  private PickledBytes bytes(short step, int width) throws IOException {
    if (!names.takesBytes()) {
      throw foreign(step);
    }
    long length = unsigned(width);
    long at = pickle.position();
    if (length >= 0 && length <= PickledBytes.FEW) {
      return new PickledBytes(at, length, false, Optional.of(pickle.take(length)));
    }
    pickle.skipOver(length);
    return PickledBytes.at(at, length, false);
  }

  private Object text(long length) throws IOException {
    long at = pickle.position();
    if (names.takesBytes() && (length < 0 || length > LONGEST_TEXT)) {
      pickle.skipOver(length);
      return PickledBytes.at(at, length, true);
    }
    String text = decoded(length);
    names.text(text, PickledBytes.at(at, length, true));
    return text;
  }

  private String decoded(long length) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(pickle.take(length)))
          .toString();
    } catch (CharacterCodingException wrong) {
      throw new TensorFileException(
          "a string in its pickle, before byte %d, is no UTF-8".formatted(pickle.position()),
          wrong);
    }
  }

  private String string(Object part) throws TensorFileException {
    if (part instanceof String name) {
      return name;
    }
    throw new TensorFileException(
        "its pickle has a name that is no string, at byte %d".formatted(begin));
  }

  /** A string of Python 2. */
  private Object bytes(long length) throws IOException {
    long at = pickle.position();
    if (names.takesBytes() && (length < 0 || length > LONGEST_TEXT)) {
      pickle.skipOver(length);
      return PickledBytes.at(at, length, false);
    }
    String text = new String(pickle.take(length), StandardCharsets.ISO_8859_1);
    names.text(text, PickledBytes.at(at, length, false));
    return text;
  }
}
