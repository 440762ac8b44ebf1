package dev.armature.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that a state dict and an optimizer's state need: {@code collections.OrderedDict}, two
 * functions that rebuild a tensor, and the classes of storages. Tensors become references; no
 * number is read.
 */
final class TorchNames implements PickleNames {
  /** The most dimensions that a tensor of PyTorch has. */
  private static final int DIMENSIONS = 64;

  private enum Function {
    ORDERED_DICTIONARY("collections", "OrderedDict"),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2"),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter");

    private final String module;
    private final String pickled;

    Function(String module, String pickled) {
      this.module = module;
      this.pickled = pickled;
    }
  }

  private final Map<String, StorageReference> storages = new LinkedHashMap<>();

  /** The storages that were referred to, by key; each as it is stored, not as a view. */
  Map<String, StorageReference> storages() {
    return storages;
  }

  @Override
  public Object find(String module, String name) throws TensorFileException {
    Optional<NumberType> storage =
        module.equals("torch") ? NumberType.ofStorage(name) : Optional.empty();
    if (storage.isPresent()) {
      return storage.get();
    }
    return Arrays.stream(Function.values())
        .filter(known -> known.module.equals(module) && known.pickled.equals(name))
        .findAny()
        .orElseThrow(
            () ->
                new TensorFileException(
                    "it names %s, which is not among what is read, and nothing was run; save it again with only the state dict: torch.save({'state_dict': …, 'optimizer': …, 'epoch': …})"
                        .formatted(ContentPath.shown(module + "." + name))));
  }

  @Override
  public Object call(Object function, List<?> arguments) throws TensorFileException {
    if (!(function instanceof Function known)) {
      throw new TensorFileException("its pickle calls something that is no function");
    }
    return switch (known) {
      case ORDERED_DICTIONARY -> dictionary(arguments);
      case REBUILD_TENSOR -> tensor(arguments);
      case REBUILD_PARAMETER -> parameter(arguments);
    };
  }

  private static PickleDictionary dictionary(List<?> arguments) throws TensorFileException {
    if (!arguments.isEmpty()) {
      throw new TensorFileException(
          "it has an OrderedDict of Python 2; load it and save it again with Python 3");
    }
    return new PickleDictionary(true);
  }

  /** Storage, offset, shape, strides; then whether it asks for gradients and its hooks. */
  private static TensorReference tensor(List<?> arguments) throws TensorFileException {
    String name = Function.REBUILD_TENSOR.pickled;
    if (arguments.size() < 4 || !(arguments.get(0) instanceof StorageReference storage)) {
      throw unfit(name);
    }
    return new TensorReference(
        storage,
        whole(arguments.get(1), name),
        wholes(arguments.get(2), name),
        wholes(arguments.get(3), name));
  }

  private static TensorReference parameter(List<?> arguments) throws TensorFileException {
    if (arguments.isEmpty() || !(arguments.get(0) instanceof TensorReference tensor)) {
      throw unfit(Function.REBUILD_PARAMETER.pickled);
    }
    return tensor;
  }

  /**
   * {@code ('storage', class, key, device, length)}, in the older container with a sixth element:
   * none, or {@code (key, offset, length)} of a view.
   */
  @Override
  public StorageReference persistent(Object identifier) throws TensorFileException {
    String name = "a reference to a storage";
    List<?> parts = sequence(identifier, name);
    if (parts.size() < 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof NumberType type)
        || !(parts.get(2) instanceof String key)) {
      throw unfit(name);
    }
    long length = whole(parts.get(4), name);
    StorageReference stored = new StorageReference(type, key, length, 0, length);
    StorageReference known = storages.putIfAbsent(key, stored);
    if (length < 0 || length > Long.MAX_VALUE / type.bytes()) {
      throw new TensorFileException(
          "storage %s has %d numbers".formatted(ContentPath.shown(key), length));
    }
    if (known != null && !known.equals(stored)) {
      throw new TensorFileException(
          "storage %s has %d numbers of type %s in one place and %d of type %s in another"
              .formatted(
                  ContentPath.shown(key),
                  known.length(),
                  known.type().label(),
                  length,
                  type.label()));
    }
    return parts.size() > 5 && parts.get(5) != null ? view(stored, parts.get(5)) : stored;
  }

  private static StorageReference view(StorageReference stored, Object described)
      throws TensorFileException {
    String name = "a view of a storage";
    List<?> parts = sequence(described, name);
    if (parts.size() != 3) {
      throw unfit(name);
    }
    long offset = whole(parts.get(1), name);
    long length = whole(parts.get(2), name);
    if (offset < 0 || length < 0 || offset > stored.length() - length) {
      throw new TensorFileException(
          "a view of storage %s has the numbers %d to %d, the storage has %d"
              .formatted(
                  ContentPath.shown(stored.key()), offset, offset + length, stored.length()));
    }
    return new StorageReference(stored.type(), stored.key(), stored.length(), offset, length);
  }

  private static long[] wholes(Object tuple, String name) throws TensorFileException {
    List<?> items = sequence(tuple, name);
    if (items.size() > DIMENSIONS) {
      throw new TensorFileException(
          "a tensor has %d dimensions, the most are %d".formatted(items.size(), DIMENSIONS));
    }
    long[] wholes = new long[items.size()];
    for (int i = 0; i < wholes.length; i++) {
      wholes[i] = whole(items.get(i), name);
    }
    return wholes;
  }

  private static long whole(Object value, String name) throws TensorFileException {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw unfit(name);
  }

  private static List<?> sequence(Object value, String name) throws TensorFileException {
    if (value instanceof Object[] tuple) {
      return Arrays.asList(tuple);
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw unfit(name);
  }

  private static TensorFileException unfit(String name) {
    return new TensorFileException(
        "its pickle gives %s what it does not take; is the file whole?".formatted(name));
  }
}
