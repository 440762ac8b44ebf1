package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import dev.armature.tensor.DirectoryChannel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where the arrays of a {@code .npz} archive lie: NumPy writes a zip archive (with 64-bit sizes) of
 * {@code .npy} files, stored as they are by {@code numpy.savez}, deflated by {@code
 * numpy.savez_compressed}. A folder of {@code .npy} files, which is an archive unpacked, stands for
 * one as well.
 *
 * @param source for messages
 * @param members by name, without {@code .npy}
 */
record NpzArchive(String source, Map<String, Member> members) {
  private static final String SUFFIX = ".npy";

  /**
   * One array.
   *
   * @param file Hadoop path of the file it lies in
   * @param begin byte at which it begins there
   * @param stored how many bytes it takes there
   * @param length how many bytes it has
   * @param deflated whether it is compressed
   */
  record Member(String file, long begin, long stored, long length, boolean deflated)
      implements Serializable {}

  /**
   * Lists an archive or a folder.
   *
   * @throws DatasetException if it is not there, or no whole archive
   * @throws IOException if the file system fails
   */
  static NpzArchive list(String source, Configuration hadoop) throws IOException {
    Path path = new Path(source);
    FileSystem files = path.getFileSystem(hadoop);
    FileStatus status;
    try {
      status = files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new DatasetException("%s is not there; check the source".formatted(source), e);
    }
    Map<String, Member> members = new TreeMap<>();
    if (status.isDirectory()) {
      for (FileStatus file : files.listStatus(path)) {
        String name = file.getPath().getName();
        if (name.endsWith(SUFFIX)) {
          long length = file.getLen();
          members.put(
              name.substring(0, name.length() - SUFFIX.length()),
              new Member(file.getPath().toString(), 0, length, length, false));
        }
      }
    } else {
      try (FSDataInputStream in = files.open(path)) {
        addEntries(in, status.getLen(), source, members);
      }
    }
    return new NpzArchive(source, members);
  }

  private static void addEntries(
      FSDataInputStream in, long length, String source, Map<String, Member> members)
      throws IOException {
    DirectoryChannel channel = new DirectoryChannel(in, length);
    try (ZipFile zip = new ZipFile(channel, source, StandardCharsets.UTF_8.name(), false, false)) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        String name = entry.getName();
        if (name.endsWith(SUFFIX) && entry.getDataOffset() >= 0) {
          add(entry, name.substring(0, name.length() - SUFFIX.length()), length, source, members);
        }
      }
    } catch (DatasetException wrong) {
      throw wrong;
    } catch (IOException | RuntimeException wrong) {
      // The library's checks of a damaged directory end in exceptions of many kinds.
      channel.rethrowFailure();
      throw new DatasetException(
          "%s is no whole .npz archive (%s); is it cut short? 'unzip -t' tells"
              .formatted(source, wrong.getMessage()),
          wrong);
    }
  }

  private static void add(
      ZipArchiveEntry entry, String name, long length, String source, Map<String, Member> members) {
    boolean deflated = entry.getMethod() == ZipEntry.DEFLATED;
    if ((!deflated && entry.getMethod() != ZipEntry.STORED)
        || entry.getGeneralPurposeBit().usesEncryption()) {
      throw new DatasetException(
          "%s: its array %s is encrypted or compressed in a way of its own; save it with numpy.savez"
              .formatted(source, name));
    }
    long begin = entry.getDataOffset();
    long stored = entry.getCompressedSize();
    boolean outside = stored < 0 || entry.getSize() < 0 || begin > length - stored;
    if (outside || (!deflated && stored != entry.getSize())) {
      throw new DatasetException(
          "%s is cut short or damaged: its array %s has %d bytes from byte %d on, the file has %d"
              .formatted(source, name, stored, begin, length));
    }
    members.put(name, new Member(source, begin, stored, entry.getSize(), deflated));
  }

  /**
   * One array.
   *
   * @throws DatasetException if it is not there, naming what is
   */
  Member member(String name) {
    Member member = members.get(name);
    if (member == null) {
      throw new DatasetException(
          "%s holds no array %s; it holds %s, expected x_train, y_train, x_test and y_test"
              .formatted(
                  source,
                  name,
                  members.isEmpty() ? "none" : members.keySet().stream().limit(20).toList()));
    }
    return member;
  }
}
