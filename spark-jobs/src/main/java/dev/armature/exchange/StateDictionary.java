package dev.armature.exchange;

import dev.armature.tensor.StoredTensor;
import dev.armature.tensor.TensorFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The named tensors of a model, as PyTorch's {@code state_dict}; each is asked for once, by name,
 * and must be what the asker expects. Not thread-safe.
 */
final class StateDictionary {
  /** What PyTorch's wrappers for several devices put before every name. */
  private static final String WRAPPER = "module.";

  private static final String FLOAT = "float32";

  private final String file;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  /**
   * @param file how messages name the file
   * @param tensors in the order of the file; a leading {@code module.} is taken off
   * @throws TensorFileException if two have the same name without it
   */
  StateDictionary(String file, Map<String, StoredTensor> tensors) throws TensorFileException {
    this.file = file;
    for (Map.Entry<String, StoredTensor> tensor : tensors.entrySet()) {
      if (this.tensors.put(unwrapped(tensor.getKey()), tensor.getValue()) != null) {
        throw new TensorFileException(
            "%s holds %s both with and without '%s'"
                .formatted(file, unwrapped(tensor.getKey()), WRAPPER));
      }
    }
  }

  private static String unwrapped(String name) {
    return name.startsWith(WRAPPER) ? name.substring(WRAPPER.length()) : name;
  }

  /** How messages name the file. */
  String file() {
    return file;
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** Whether any tensor's name begins so. */
  boolean hasAny(String prefix) {
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /** The names, in the order of the file. */
  List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** Those that nobody has asked for. */
  List<String> left() {
    List<String> left = new ArrayList<>(tensors.keySet());
    left.removeAll(asked);
    return left;
  }

  /**
   * The sizes of a tensor of floats with a number of dimensions.
   *
   * @throws TensorFileException if it is missing, or something else
   */
  List<Integer> shape(String name, int dimensions) throws TensorFileException {
    StoredTensor tensor = find(name);
    if (tensor.shape().size() != dimensions || tensor.shape().contains(0)) {
      throw new TensorFileException(
          "%s: tensor %s has shape %s, expected %d dimensions, none of them 0"
              .formatted(file, name, tensor.shape(), dimensions));
    }
    requireFloat(name, tensor);
    return tensor.shape();
  }

  /**
   * A tensor of floats.
   *
   * @throws TensorFileException if it is missing, of another shape or of another type
   */
  StoredTensor floats(String name, List<Integer> shape) throws TensorFileException {
    StoredTensor tensor = find(name);
    if (!tensor.shape().equals(shape)) {
      throw new TensorFileException(
          "%s: tensor %s has shape %s, expected %s, which follows from the sizes of the other tensors"
              .formatted(file, name, tensor.shape(), shape));
    }
    requireFloat(name, tensor);
    return tensor;
  }

  private void requireFloat(String name, StoredTensor tensor) throws TensorFileException {
    if (!tensor.type().equals(FLOAT)) {
      throw new TensorFileException(
          "%s: tensor %s has numbers of type %s, expected %s: convert the model with .float() and save it again"
              .formatted(file, name, tensor.type(), FLOAT));
    }
  }

  /**
   * A whole number.
   *
   * @throws TensorFileException if it is missing, or not one integer
   */
  long integer(String name) throws IOException {
    StoredTensor tensor = find(name);
    if (tensor.length() != 1 || tensor.type().contains("float")) {
      throw new TensorFileException(
          "%s: tensor %s is %s of shape %s, expected a single integer"
              .formatted(file, name, tensor.type(), tensor.shape()));
    }
    return tensor.integers()[0];
  }

  private StoredTensor find(String name) throws TensorFileException {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new TensorFileException(
          "%s has no tensor %s; it has %d tensors%s"
              .formatted(
                  file,
                  name,
                  tensors.size(),
                  tensors.isEmpty()
                      ? ""
                      : ", the first of them " + tensors.keySet().iterator().next()));
    }
    asked.add(name);
    return tensor;
  }
}
