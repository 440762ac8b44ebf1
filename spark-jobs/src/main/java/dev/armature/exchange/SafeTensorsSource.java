package dev.armature.exchange;

import dev.armature.tensor.SafeTensorsFile;
import dev.armature.tensor.StoredTensor;
import dev.armature.tensor.TensorFileException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The same tensors in a safetensors file, the momentum buffers under names of their own. */
record SafeTensorsSource(String name, SafeTensorsFile file) implements PublishedFile {

  @Override
  public Map<String, StoredTensor> tensors() {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(file.tensors());
    tensors.keySet().removeIf(each -> each.startsWith(MOMENTUM));
    return tensors;
  }

  @Override
  public int epoch() throws TensorFileException {
    String epoch = texts().getOrDefault(EPOCH, "0");
    try {
      return Integer.parseUnsignedInt(epoch);
    } catch (NumberFormatException wrong) {
      throw new TensorFileException(
          "%s: its metadata has epoch = '%s', expected a whole number from 0"
              .formatted(name, epoch),
          wrong);
    }
  }

  @Override
  public Map<String, String> texts() {
    return file.metadata();
  }

  @Override
  public Optional<MomentumBuffers> momentum(StateDictionary states) {
    Map<String, StoredTensor> buffers = new LinkedHashMap<>();
    file.tensors()
        .forEach(
            (each, tensor) -> {
              if (each.startsWith(MOMENTUM)) {
                buffers.put(each.substring(MOMENTUM.length()), tensor);
              }
            });
    return buffers.isEmpty()
        ? Optional.empty()
        : Optional.of(new MomentumBuffers(buffers, Map.of(), false));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
