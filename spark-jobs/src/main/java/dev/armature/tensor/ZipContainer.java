package dev.armature.tensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The container of PyTorch 1.6 and later, a zip archive of uncompressed entries: {@code
 * ARCHIVE/data.pkl}, {@code ARCHIVE/data/KEY} for each storage, perhaps {@code ARCHIVE/byteorder}.
 * Format: PyTorch's {@code torch/serialization.py} and {@code caffe2/serialize/inline_container.h}.
 */
final class ZipContainer {
  private static final String PICKLE = "data.pkl";
  private static final String BYTE_ORDER = "byteorder";
  private static final String SCRIPT = "constants.pkl";

  private final FSDataInputStream in;
  private final Map<String, Region> entries;

  private ZipContainer(FSDataInputStream in, Map<String, Region> entries) {
    this.in = in;
    this.entries = entries;
  }

  /**
   * @param length of the file in bytes
   * @throws TensorFileException if it is no such archive, is damaged, exceeds a limit, or names
   *     what it must not
   * @throws IOException if reading fails
   */
  static TorchContainer read(FSDataInputStream in, long length) throws IOException {
    return new ZipContainer(in, entries(in, length)).container();
  }

  private static Map<String, Region> entries(FSDataInputStream in, long length) throws IOException {
    DirectoryChannel channel = new DirectoryChannel(in, length);
    try (ZipFile zip =
        new ZipFile(channel, "archive", StandardCharsets.UTF_8.name(), false, false)) {
      return entries(Collections.list(zip.getEntries()), length);
    } catch (TensorFileException wrong) {
      throw wrong;
    } catch (IOException | RuntimeException wrong) {
      // The library's checks of a damaged directory end in exceptions of many kinds.
      channel.rethrowFailure();
      Throwable reason = wrong.getCause() == null ? wrong : wrong.getCause();
      throw new TensorFileException(
          "it is a damaged zip archive (%s); is it whole?".formatted(reason.getMessage()), wrong);
    }
  }

  private static Map<String, Region> entries(List<ZipArchiveEntry> listed, long length)
      throws TensorFileException {
    Map<String, Region> entries = new LinkedHashMap<>();
    String archive = null;
    long left = length;
    // Its code is compressed, which says less about it.
    if (listed.stream().anyMatch(entry -> entry.getName().endsWith("/" + SCRIPT))) {
      throw new TensorFileException(
          "it is a TorchScript archive; save the state dict instead: torch.save({'state_dict': model.state_dict()}, file)");
    }
    for (ZipArchiveEntry entry : listed) {
      String name = entry.getName();
      String shown = ContentPath.shown(name);
      String[] parts = name.split("/", -1);
      if (name.startsWith("/")
          || name.indexOf('\\') >= 0
          || Arrays.asList(parts).contains("..")
          || Arrays.asList(parts).contains(".")) {
        throw new TensorFileException(
            "its entry %s points out of the archive; it was not made by torch.save"
                .formatted(shown));
      }
      archive = archive == null ? parts[0] : archive;
      if (parts.length < 2 || !parts[0].equals(archive)) {
        throw new TensorFileException(
            "its entry %s is not in the folder %s like the others; it was not made by torch.save"
                .formatted(shown, ContentPath.shown(archive)));
      }
      if (entry.getMethod() != ZipEntry.STORED
          || entry.getGeneralPurposeBit().usesEncryption()
          || entry.getCompressedSize() != entry.getSize()) {
        throw new TensorFileException(
            "its entry %s is compressed or encrypted; torch.save stores entries as they are"
                .formatted(shown));
      }
      Region region = new Region(entry.getDataOffset(), entry.getSize());
      left -= region.length();
      if (region.begin() < 0
          || region.length() < 0
          || left < 0
          || region.begin() > length - region.length()) {
        throw new TensorFileException(
            "its entry %s has %d bytes from byte %d on; with the others it does not fit into a file of %d bytes"
                .formatted(shown, region.length(), region.begin(), length));
      }
      if (entries.put(name.substring(archive.length() + 1), region) != null) {
        throw new TensorFileException("its entry %s is there twice".formatted(shown));
      }
    }
    return entries;
  }

  private TorchContainer container() throws IOException {
    Region pickle = entries.get(PICKLE);
    if (pickle == null) {
      throw new TensorFileException(
          "it is a zip archive without %s, and so not one of torch.save".formatted(PICKLE));
    }
    checkByteOrder();
    in.seek(pickle.begin());
    TorchNames names = new TorchNames();
    Object content =
        RestrictedUnpickler.read(
            new PickleInput(
                new BufferedInputStream(in), pickle.length(), TorchContainer.LONGEST_PICKLE),
            names,
            TorchContainer.STEPS);
    return new TorchContainer(content, storages(names));
  }

  private void checkByteOrder() throws IOException {
    Region region = entries.get(BYTE_ORDER);
    if (region != null) {
      in.seek(region.begin());
      byte[] order = new byte[(int) Math.min(region.length(), 16)];
      in.readFully(order);
      String text = new String(order, StandardCharsets.ISO_8859_1);
      if (!text.equals("little")) {
        throw new TensorFileException(
            "its numbers are in the byte order '%s', expected 'little'; load it and save it again on a little-endian machine"
                .formatted(ContentPath.shown(text)));
      }
    }
  }

  private Map<String, Region> storages(TorchNames names) throws TensorFileException {
    Map<String, Region> storages = new HashMap<>();
    for (StorageReference storage : names.storages().values()) {
      String name = "data/" + storage.key();
      Region region = entries.get(name);
      if (region == null) {
        throw new TensorFileException(
            "it has no entry %s, which a tensor refers to".formatted(ContentPath.shown(name)));
      }
      long bytes = storage.length() * storage.type().bytes();
      if (bytes > region.length()) {
        throw new TensorFileException(
            "its entry %s has %d bytes where %d numbers of type %s take %d"
                .formatted(
                    ContentPath.shown(name),
                    region.length(),
                    storage.length(),
                    storage.type().label(),
                    bytes));
      }
      storages.put(storage.key(), region);
    }
    return storages;
  }
}
