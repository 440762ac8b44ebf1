package dev.armature.tensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The names that NumPy's arrays and scalars need, by its {@code __reduce__} methods of versions 1
 * and 2. Arrays become {@link PickledArray}s; none of their numbers is read.
 */
final class ArrayNames implements PickleNames {
  /** NumPy's own limit is 32, 64 from version 2 on. */
  private static final int DIMENSIONS = 64;

  /** By NumPy's module up to version 1, and from 2 on; or Python's by version. */
  private enum Name {
    RECONSTRUCT("_reconstruct", "numpy.core.multiarray", "numpy._core.multiarray"),
    SCALAR("scalar", "numpy.core.multiarray", "numpy._core.multiarray"),
    FROM_BUFFER("_frombuffer", "numpy.core.numeric", "numpy._core.numeric"),
    ARRAY("ndarray", "numpy", "numpy"),
    TYPE("dtype", "numpy", "numpy"),
    ENCODE("encode", "_codecs", "_codecs"),
    BYTES("bytes", "__builtin__", "builtins"),
    ORDERED_DICTIONARY("OrderedDict", "collections", "collections");

    private final String pickled;
    private final String older;
    private final String newer;

    Name(String pickled, String older, String newer) {
      this.pickled = pickled;
      this.older = older;
      this.newer = newer;
    }
  }

  /** Where texts stand, for those that turn out to be bytes. */
  private final IdentityHashMap<String, PickledBytes> places = new IdentityHashMap<>();

  @Override
  public Object find(String module, String name) throws TensorFileException {
    return Arrays.stream(Name.values())
        .filter(
            known ->
                known.pickled.equals(name)
                    && (known.older.equals(module) || known.newer.equals(module)))
        .findAny()
        .orElseThrow(
            () ->
                new TensorFileException(
                    "it names %s, which is not among what is read, and nothing was run; pickle plain containers, strings, numbers and NumPy arrays of numbers"
                        .formatted(ContentPath.shown(module + "." + name))));
  }

  @Override
  public boolean takesBytes() {
    return true;
  }

  @Override
  public void text(String text, PickledBytes place) {
    places.put(text, place);
  }

  @Override
  public Object call(Object function, List<?> arguments) throws TensorFileException {
    if (!(function instanceof Name name)) {
      throw new TensorFileException("its pickle calls something that is no function");
    }
    return switch (name) {
      case RECONSTRUCT -> {
        if (arguments.isEmpty() || arguments.get(0) != Name.ARRAY) {
          throw unfit(name);
        }
        yield new PickledArraySlot();
      }
      case FROM_BUFFER -> fromBuffer(arguments);
      case SCALAR -> scalar(arguments);
      case TYPE -> type(arguments);
      case ENCODE -> encode(arguments);
      case BYTES -> {
        if (!arguments.isEmpty()) {
          throw unfit(name);
        }
        yield PickledBytes.at(0, 0, false);
      }
      case ORDERED_DICTIONARY -> {
        if (!arguments.isEmpty()) {
          throw unfit(name);
        }
        yield new PickleDictionary(true);
      }
      case ARRAY -> throw unfit(name);
    };
  }

  /** Buffer, type, shape, order. */
  private PickledArraySlot fromBuffer(List<?> arguments) throws TensorFileException {
    if (arguments.size() != 4
        || !(arguments.get(1) instanceof PickledType type)
        || !(arguments.get(3) instanceof String order)) {
      throw unfit(Name.FROM_BUFFER);
    }
    PickledArraySlot slot = new PickledArraySlot();
    slot.fill(
        PickledArray.of(
            type,
            order.equals("F"),
            shape(arguments.get(2), Name.FROM_BUFFER),
            bytes(arguments.get(0), Name.FROM_BUFFER)));
    return slot;
  }

  private Object scalar(List<?> arguments) throws TensorFileException {
    if (arguments.size() != 2 || !(arguments.get(0) instanceof PickledType type)) {
      throw unfit(Name.SCALAR);
    }
    byte[] content =
        bytes(arguments.get(1), Name.SCALAR).content().orElseThrow(() -> unfit(Name.SCALAR));
    return PickledArray.scalar(type, content).orElseThrow(() -> unfit(Name.SCALAR));
  }

  private static PickledType type(List<?> arguments) throws TensorFileException {
    if (arguments.isEmpty() || !(arguments.get(0) instanceof String kind)) {
      throw unfit(Name.TYPE);
    }
    return PickledType.of(kind)
        .orElseThrow(
            () ->
                new TensorFileException(
                    "it has an array of NumPy's type '%s'; arrays of numbers are read, such as float16, float32 or int64"
                        .formatted(ContentPath.shown(kind))));
  }

  private PickledBytes encode(List<?> arguments) throws TensorFileException {
    if (arguments.size() != 2
        || !("latin1".equals(arguments.get(1)) || "latin-1".equals(arguments.get(1)))) {
      throw unfit(Name.ENCODE);
    }
    return bytes(arguments.get(0), Name.ENCODE);
  }

  @Override
  public void build(Object object, Object state) throws TensorFileException {
    if (!(state instanceof Object[] parts)) {
      throw unfit(Name.RECONSTRUCT);
    }
    if (object instanceof PickledType type
        && parts.length > 1
        && parts[1] instanceof String order) {
      type.order(order);
    } else if (object instanceof PickledArraySlot slot
        && parts.length == 5
        && parts[2] instanceof PickledType type
        && parts[3] instanceof Boolean columnMajor) {
      slot.fill(
          PickledArray.of(
              type,
              columnMajor,
              shape(parts[1], Name.RECONSTRUCT),
              bytes(parts[4], Name.RECONSTRUCT)));
    } else {
      throw unfit(Name.RECONSTRUCT);
    }
  }

  private PickledBytes bytes(Object value, Name name) throws TensorFileException {
    if (value instanceof PickledBytes bytes) {
      return bytes;
    }
    PickledBytes place = value instanceof String text ? places.get(text) : null;
    if (place == null) {
      throw unfit(name);
    }
    String text = (String) value;
    return text.length() > PickledBytes.FEW
        ? place
        : new PickledBytes(
            place.begin(),
            place.length(),
            place.utf8(),
            Optional.of(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static List<Integer> shape(Object value, Name name) throws TensorFileException {
    if (!(value instanceof Object[] sizes) || sizes.length > DIMENSIONS) {
      throw unfit(name);
    }
    List<Integer> shape = new ArrayList<>();
    for (Object size : sizes) {
      if (!(size instanceof Integer whole)) {
        throw unfit(name);
      }
      shape.add(whole);
    }
    return shape;
  }

  @Override
  public Object persistent(Object identifier) throws TensorFileException {
    throw new TensorFileException("it refers to something outside itself");
  }

  private static TensorFileException unfit(Name name) {
    return new TensorFileException(
        "its pickle gives %s what it does not take; is the file whole?".formatted(name.pickled));
  }
}
