package dev.armature.tensor;

import java.util.LinkedHashMap;
import java.util.Map;

/** A dictionary of a pickle, in the pickle's order. Compared by identity: it may hold itself. */
final class PickleDictionary {
  private final boolean ordered;
  private final Map<Object, Object> items = new LinkedHashMap<>();

  /**
   * @param ordered whether it is a {@code collections.OrderedDict}
   */
  PickleDictionary(boolean ordered) {
    this.ordered = ordered;
  }

  boolean ordered() {
    return ordered;
  }

  /** Keys are strings and {@link Long}s. */
  Map<Object, Object> items() {
    return items;
  }

  /**
   * Sets an item.
   *
   * @throws TensorFileException if the key is neither a string nor a whole number of 64 bits
   */
  void put(Object key, Object value) throws TensorFileException {
    if (key instanceof String) {
      items.put(key, value);
    } else if (key instanceof Integer || key instanceof Long) {
      items.put(((Number) key).longValue(), value);
    } else {
      throw new TensorFileException(
          "a dictionary in its pickle has a key that is neither a string nor a 64-bit integer");
    }
  }
}
