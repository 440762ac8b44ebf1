package dev.armature.round;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Files that are recognised by their SHA-256, written in hexadecimal digits. */
public final class ChecksummedFile {
  private static final int BUFFER = 1 << 20;

  private ChecksummedFile() {}

  /**
   * Writes a file, over one that is there; it lies on disks afterwards.
   *
   * @return its checksum
   */
  public static String write(FileSystem files, Path path, DurableFile.Content content)
      throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    DurableFile.write(
        files,
        path,
        out -> {
          OutputStream buffered =
              new BufferedOutputStream(new DigestOutputStream(out, digest), BUFFER);
          content.writeTo(buffered);
          buffered.flush();
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Writes a checksum down as {@code sha256sum} does, for a file beside it. */
  public static void writeChecksum(FileSystem files, Path path, String checksum, String name)
      throws IOException {
    byte[] line = "%s  %s%n".formatted(checksum, name).getBytes(StandardCharsets.UTF_8);
    DurableFile.write(files, path, out -> out.write(line));
  }

  /**
   * Reads all of a file.
   *
   * @throws NotWholeException if it is not there, or not as it was written
   * @throws IOException if it cannot be read now
   */
  public static void require(FileSystem files, Path path, String checksum) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    try (InputStream in = new DigestInputStream(files.open(path), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (ChecksumException | FileNotFoundException damaged) {
      throw new NotWholeException(Refusal.reason(damaged), damaged);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(checksum)) {
      throw new NotWholeException(
          "its checksum is %s, expected %s: it was cut short or altered"
              .formatted(found, checksum));
    }
  }
}
