package dev.armature.tensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The container of PyTorch 0.1.10 to 1.5, and of {@code _use_new_zipfile_serialization=False}
 * since: five pickles one after the other (a magic number, the protocol's version, facts about the
 * machine, the object, the storages' keys), then each storage, its length as an int64 before it.
 * Format: {@code _legacy_save} in PyTorch's {@code torch/serialization.py}.
 */
final class LegacyContainer {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;

  private LegacyContainer() {}

  /**
   * @param length of the file in bytes
   * @throws TensorFileException if it is no such file, is damaged, exceeds a limit, or names what
   *     it must not
   * @throws IOException if reading fails
   */
  static TorchContainer read(FSDataInputStream in, long length) throws IOException {
    in.seek(0);
    PickleInput pickle =
        new PickleInput(new BufferedInputStream(in), length, TorchContainer.LONGEST_PICKLE);
    TorchNames names = new TorchNames();
    if (!MAGIC.equals(unpickle(pickle, names))) {
      throw new TensorFileException(
          "it is a pickle, but not one of torch.save; save it with torch.save");
    }
    Object protocol = unpickle(pickle, names);
    if (!(protocol instanceof Integer version && version == PROTOCOL)) {
      throw new TensorFileException(
          "its protocol is not %d, the only one of its kind".formatted(PROTOCOL));
    }
    if (!(unpickle(pickle, names) instanceof PickleDictionary machine
        && Boolean.TRUE.equals(machine.items().get("little_endian")))) {
      throw new TensorFileException(
          "it was not saved on a little-endian machine; load it and save it again on one");
    }
    Object content = unpickle(pickle, names);
    if (!(unpickle(pickle, names) instanceof List<?> keys)) {
      throw new TensorFileException("its list of storages is no list; is it whole?");
    }
    return new TorchContainer(
        content, storages(in, pickle.position(), length, keys, names.storages()));
  }

  private static Object unpickle(PickleInput pickle, TorchNames names) throws IOException {
    return RestrictedUnpickler.read(pickle, names, TorchContainer.STEPS);
  }

  private static Map<String, Region> storages(
      FSDataInputStream in,
      long begin,
      long length,
      List<?> keys,
      Map<String, StorageReference> referred)
      throws IOException {
    Map<String, Region> storages = new HashMap<>();
    long position = begin;
    for (Object key : keys) {
      StorageReference storage = key instanceof String name ? referred.get(name) : null;
      if (storage == null || storages.containsKey(storage.key())) {
        throw new TensorFileException(
            "its list of storages has a key twice, or one that no tensor refers to: number %d"
                .formatted(storages.size()));
      }
      String shown = ContentPath.shown(storage.key());
      if (position > length - Long.BYTES) {
        throw new TensorFileException("it is cut short before storage %s".formatted(shown));
      }
      in.seek(position);
      long stored = Long.reverseBytes(in.readLong());
      if (stored != storage.length()) {
        throw new TensorFileException(
            "its storage %s has %d numbers, tensors refer to %d"
                .formatted(shown, stored, storage.length()));
      }
      Region region = new Region(position + Long.BYTES, storage.length() * storage.type().bytes());
      if (region.begin() > length - region.length()) {
        throw new TensorFileException(
            "it is cut short within storage %s: it has %d bytes, the storage ends at byte %d"
                .formatted(shown, length, region.begin() + region.length()));
      }
      storages.put(storage.key(), region);
      position = region.begin() + region.length();
    }
    for (String key : referred.keySet()) {
      if (!storages.containsKey(key)) {
        throw new TensorFileException(
            "it lacks storage %s, which a tensor refers to".formatted(ContentPath.shown(key)));
      }
    }
    return storages;
  }
}
