package dev.armature.exchange;

import dev.armature.tensor.StoredTensor;
import dev.armature.tensor.TensorFileException;
import dev.armature.tensor.TorchFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code torch.save} wrote: a dict of {@code state_dict}, {@code epoch} and {@code optimizer},
 * of which the last two may be missing; or the {@code state_dict} alone.
 */
record PyTorchSource(String name, TorchFile file, Map<?, ?> root, Map<String, StoredTensor> tensors)
    implements PublishedFile {
  private static final String STATES = "state_dict";

  /** Under which an exported file has its texts. */
  static final String TEXTS = "armature";

  static PyTorchSource of(String name, TorchFile file) throws IOException {
    try {
      if (!(file.content() instanceof Map<?, ?> root)) {
        throw new TensorFileException(
            "%s holds no dict, expected one with '%s', as the published code saves it"
                .formatted(name, STATES));
      }
      boolean bare =
          !root.containsKey(STATES)
              && !root.isEmpty()
              && root.values().stream().allMatch(StoredTensor.class::isInstance);
      return new PyTorchSource(name, file, root, tensors(name, bare ? root : root.get(STATES)));
    } catch (TensorFileException | RuntimeException wrong) {
      file.close();
      throw wrong;
    }
  }

  private static Map<String, StoredTensor> tensors(String name, Object states)
      throws TensorFileException {
    if (!(states instanceof Map<?, ?> named)) {
      throw new TensorFileException(
          "%s has no dict '%s'; expected what torch.save({'%<s': model.state_dict(), …}) writes"
              .formatted(name, STATES));
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : named.entrySet()) {
      if (!(entry.getKey() instanceof String key
          && entry.getValue() instanceof StoredTensor tensor)) {
        throw new TensorFileException(
            "%s: entry %s of its '%s' is no tensor".formatted(name, entry.getKey(), STATES));
      }
      tensors.put(key, tensor);
    }
    return tensors;
  }

  @Override
  public int epoch() throws TensorFileException {
    Object epoch = root.get(EPOCH);
    if (epoch == null) {
      return 0;
    }
    if (epoch instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw new TensorFileException(
        "%s: its 'epoch' is %s, expected a whole number from 0".formatted(name, epoch));
  }

  @Override
  public Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    if (root.get(TEXTS) instanceof Map<?, ?> entries) {
      entries.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  @Override
  public Optional<MomentumBuffers> momentum(StateDictionary states) throws TensorFileException {
    Object optimizer = root.get("optimizer");
    if (optimizer == null) {
      return Optional.empty();
    }
    List<String> all = new ArrayList<>(states.names());
    all.removeIf(PyTorchSource::isBuffer);
    List<String> encoders = beginning("encoder_", all);
    List<String> queries = beginning("encoder_q", all);
    return Optional.of(MomentumBuffers.read(name, optimizer, List.of(all, encoders, queries)));
  }

  private static List<String> beginning(String prefix, List<String> names) {
    return names.stream().filter(each -> each.startsWith(prefix)).toList();
  }

  /** A model's buffers stand in its state_dict, but are nothing to an optimizer. */
  private static boolean isBuffer(String name) {
    return name.endsWith(".running_mean")
        || name.endsWith(".running_var")
        || name.endsWith(".num_batches_tracked")
        || name.startsWith("queue");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
