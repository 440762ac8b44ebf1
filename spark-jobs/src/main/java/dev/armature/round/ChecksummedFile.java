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
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Files that are recognised by their SHA-256, written in hexadecimal digits. */
public final class ChecksummedFile {
  private static final int BUFFER = 1 << 20;
  private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{64}");

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
   * Reads what {@link #writeChecksum} wrote down, or {@code sha256sum} itself.
   *
   * @throws NotWholeException if it is not there, or is none
   * @throws IOException if it cannot be read now
   */
  public static String readChecksum(FileSystem files, Path path) throws IOException {
    String text;
    try (InputStream in = files.open(path)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException missing) {
      throw new NotWholeException("its checksum file %s is missing".formatted(path), missing);
    } catch (ChecksumException damaged) {
      throw new NotWholeException(
          "its checksum file %s is damaged: %s".formatted(path, Refusal.reason(damaged)), damaged);
    }
    String checksum = text.split(" ", 2)[0];
    if (!CHECKSUM.matcher(checksum).matches()) {
      throw new NotWholeException(
          "its checksum file %s has %d characters and no checksum of 64 hexadecimal digits in front"
              .formatted(path, text.length()));
    }
    return checksum;
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
