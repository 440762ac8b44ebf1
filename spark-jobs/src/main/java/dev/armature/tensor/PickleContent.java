package dev.armature.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns what a pickle built into a tree of unmodifiable containers. In a pickle a container may
 * hold itself, or the same one many times over; depth and number of objects of the tree are
 * limited.
 */
final class PickleContent {
  /** A checkpoint's state dict is two deep, its optimizer's momentum four. */
  private static final int DEEPEST = 32;

  /** Makes a tensor of a reference. */
  @FunctionalInterface
  interface Tensors {
    /**
     * Makes the tensor at a place.
     *
     * @throws TensorFileException if the file does not hold it
     */
    StoredTensor tensor(ContentPath path, TensorReference reference) throws TensorFileException;
  }

  private final Tensors tensors;
  private final long limit;
  private long objects;

  private PickleContent(Tensors tensors, long limit) {
    this.tensors = tensors;
    this.limit = limit;
  }

  /**
   * Builds the tree.
   *
   * @param raw what {@link RestrictedUnpickler} gave
   * @param limit the most objects it may have
   * @return maps in the pickle's order, lists (of tuples as well), strings, {@link Long}, {@link
   *     Double}, {@link Boolean}, null, {@link StoredTensor}, {@link PickledArray}
   * @throws TensorFileException if it is too deep or too large, or holds anything else
   */
  static Object of(Object raw, Tensors tensors, long limit) throws TensorFileException {
    return new PickleContent(tensors, limit).tree(raw, ContentPath.WHOLE);
  }

  private Object tree(Object raw, ContentPath path) throws TensorFileException {
    if (++objects > limit || path.depth() > DEEPEST) {
      throw new TensorFileException(
          "its content is more than %d deep or has more than %d objects, at %s"
              .formatted(DEEPEST, limit, path));
    }
    if (raw == null
        || raw instanceof String
        || raw instanceof Boolean
        || raw instanceof Double
        || raw instanceof Long) {
      return raw;
    }
    if (raw instanceof Integer whole) {
      return whole.longValue();
    }
    if (raw instanceof PickleDictionary dictionary) {
      return map(dictionary.items(), path);
    }
    if (raw instanceof List<?> list) {
      return list(list, path);
    }
    if (raw instanceof Object[] tuple) {
      return list(Arrays.asList(tuple), path);
    }
    if (raw instanceof PickledArraySlot slot) {
      return slot.array(path);
    }
    if (raw instanceof TensorReference reference) {
      return tensors.tensor(path, reference);
    }
    throw new TensorFileException(
        "%s is no container, string, 64-bit number or tensor".formatted(path));
  }

  private Map<Object, Object> map(Map<Object, Object> items, ContentPath path)
      throws TensorFileException {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Map.Entry<Object, Object> item : items.entrySet()) {
      map.put(item.getKey(), tree(item.getValue(), path.item(item.getKey())));
    }
    return Collections.unmodifiableMap(map);
  }

  private List<Object> list(List<?> items, ContentPath path) throws TensorFileException {
    List<Object> list = new ArrayList<>();
    for (Object item : items) {
      list.add(tree(item, path.item(list.size())));
    }
    return Collections.unmodifiableList(list);
  }
}
