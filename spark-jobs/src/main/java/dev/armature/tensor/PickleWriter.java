package dev.armature.tensor;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;

/**
 * Writes the pickle of a PyTorch file, protocol 2, with the steps that PyTorch's own restricted
 * reader ({@code weights_only=True}) follows. Each tensor becomes a whole storage of its own.
 */
final class PickleWriter {
  /** Key under which the field's checkpoints keep their weights. */
  private static final String STATE_DICT = "state_dict";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Tensor> tensors = new ArrayList<>();

  /**
   * Writes the whole pickle.
   *
   * @param content maps, lists, strings, numbers, truth values, null, {@link FloatTensor} and
   *     {@link IntegerTensor}
   * @throws IllegalArgumentException if it holds anything else
   */
  byte[] write(Object content) {
    step(Opcodes.PROTO);
    out.write(2);
    value(content, false);
    step(Opcodes.STOP);
    return out.toByteArray();
  }

  /** The tensors met, in order: their places are the storages' keys. */
  List<Tensor> tensors() {
    return tensors;
  }

  private void value(Object value, boolean ordered) {
    if (value == null) {
      step(Opcodes.NONE);
    } else if (value instanceof Map<?, ?> map) {
      map(map, ordered);
    } else if (value instanceof List<?> list) {
      list(list);
    } else if (value instanceof String string) {
      string(string);
    } else if (value instanceof Long || value instanceof Integer) {
      integer(((Number) value).longValue());
    } else if (value instanceof Double || value instanceof Float) {
      step(Opcodes.BINFLOAT);
      long bits = Double.doubleToLongBits(((Number) value).doubleValue());
      for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        out.write((int) (bits >>> shift));
      }
    } else if (value instanceof Boolean truth) {
      step(truth ? Opcodes.NEWTRUE : Opcodes.NEWFALSE);
    } else if (value instanceof Tensor tensor) {
      tensor(tensor);
    } else {
      throw new IllegalArgumentException(
          "a %s cannot be written; maps, lists, strings, numbers, truth values and tensors can"
              .formatted(value.getClass().getName()));
    }
  }

  private void map(Map<?, ?> map, boolean ordered) {
    if (ordered) {
      emptyOrderedDictionary();
    } else {
      step(Opcodes.EMPTY_DICT);
    }
    step(Opcodes.MARK);
    for (Map.Entry<?, ?> item : map.entrySet()) {
      Object key = item.getKey();
      if (!(key instanceof String || key instanceof Long || key instanceof Integer)) {
        throw new IllegalArgumentException(
            "key %s of a map is neither a string nor a whole number".formatted(key));
      }
      value(key, false);
      value(item.getValue(), key.equals(STATE_DICT));
    }
    step(Opcodes.SETITEMS);
  }

  private void emptyOrderedDictionary() {
    global("collections", "OrderedDict");
    step(Opcodes.EMPTY_TUPLE);
    step(Opcodes.REDUCE);
  }

  private void list(List<?> list) {
    step(Opcodes.EMPTY_LIST);
    step(Opcodes.MARK);
    for (Object item : list) {
      value(item, false);
    }
    step(Opcodes.APPENDS);
  }

  private void string(String string) {
    byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
    step(Opcodes.BINUNICODE);
    fourBytes(utf8.length);
    out.writeBytes(utf8);
  }

  private void integer(long value) {
    if (value == (int) value) {
      step(Opcodes.BININT);
      fourBytes((int) value);
      return;
    }
    byte[] bigEndian = BigInteger.valueOf(value).toByteArray();
    step(Opcodes.LONG1);
    out.write(bigEndian.length);
    for (int i = bigEndian.length - 1; i >= 0; i--) {
      out.write(bigEndian[i]);
    }
  }

  private void tensor(Tensor tensor) {
    global("torch._utils", "_rebuild_tensor_v2");
    step(Opcodes.MARK);
    step(Opcodes.MARK);
    string("storage");
    global("torch", LittleEndian.type(tensor).storage());
    string(Integer.toString(tensors.size()));
    string("cpu");
    integer(tensor.length());
    step(Opcodes.TUPLE);
    step(Opcodes.BINPERSID);
    integer(0);
    tuple(tensor.shape().stream().mapToLong(Integer::longValue).toArray());
    tuple(Shapes.strides(tensor.shape()));
    step(Opcodes.NEWFALSE);
    emptyOrderedDictionary();
    step(Opcodes.TUPLE);
    step(Opcodes.REDUCE);
    tensors.add(tensor);
  }

  private void tuple(long[] values) {
    step(Opcodes.MARK);
    for (long value : values) {
      integer(value);
    }
    step(Opcodes.TUPLE);
  }

  private void global(String module, String name) {
    step(Opcodes.GLOBAL);
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void step(short code) {
    out.write(code);
  }

  private void fourBytes(int value) {
    byte[] bytes = new byte[Integer.BYTES];
    LittleEndian.wrap(bytes).putInt(value);
    out.writeBytes(bytes);
  }
}
