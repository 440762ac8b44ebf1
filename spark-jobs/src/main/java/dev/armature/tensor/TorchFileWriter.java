package dev.armature.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes files that PyTorch's {@code torch.load} opens: a zip archive of uncompressed entries whose
 * data begin at multiples of 64 bytes, as PyTorch lays them out. Tensors are streamed from their
 * arrays. The same content gives the same bytes.
 *
 * <p>{@code torch.load(…, weights_only=True)} opens them as well, with one limit of PyTorch 1.13:
 * it takes no floating-point numbers outside tensors, not even those of its own files.
 */
public final class TorchFileWriter {
  /** PyTorch's {@code kFieldAlignment}. */
  private static final int ALIGNMENT = 64;

  private TorchFileWriter() {}

  private interface Data {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a whole file; the stream stays open.
   *
   * @param archive the folder in the archive that holds everything, by custom the file's name
   *     without its extension
   * @param content what {@link TorchFile#content} would give, with tensors as {@link Tensor}. Maps
   *     become dictionaries in their own order, the one under the key {@code state_dict} a {@code
   *     collections.OrderedDict}; lists become lists
   * @throws IllegalArgumentException if the content holds anything else, or the archive's name is
   *     empty or has slashes
   * @throws IOException if writing fails
   */
  public static void write(OutputStream out, String archive, Object content) throws IOException {
    if (archive.isEmpty() || archive.startsWith(".") || archive.matches(".*[/\\\\].*")) {
      throw new IllegalArgumentException(
          "an archive cannot be called '%s'; give a name without slashes that begins with no dot"
              .formatted(archive));
    }
    PickleWriter writer = new PickleWriter();
    byte[] pickle = writer.write(content);
    ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out);
    zip.setUseZip64(Zip64Mode.AsNeeded);
    entry(zip, archive + "/data.pkl", pickle.length, to -> to.write(pickle));
    text(zip, archive + "/byteorder", "little");
    int key = 0;
    for (Tensor tensor : writer.tensors()) {
      String name = "%s/data/%d".formatted(archive, key++);
      entry(zip, name, LittleEndian.bytes(tensor), to -> LittleEndian.write(to, tensor));
    }
    text(zip, archive + "/version", "3\n");
    zip.finish();
    zip.flush();
  }

  private static void text(ZipArchiveOutputStream zip, String name, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    entry(zip, name, bytes.length, to -> to.write(bytes));
  }

  /**
   * An uncompressed entry's checksum stands before its data, which are therefore run over twice.
   */
  private static void entry(ZipArchiveOutputStream zip, String name, long bytes, Data data)
      throws IOException {
    CRC32 checksum = new CRC32();
    data.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes);
    entry.setCrc(checksum.getValue());
    entry.setAlignment(ALIGNMENT);
    // Before the format's first date: written as that date, whatever the time zone.
    entry.setTime(0);
    zip.putArchiveEntry(entry);
    data.writeTo(zip);
    zip.closeArchiveEntry();
  }
}
