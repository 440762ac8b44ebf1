package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder a data set is prepared into.
 *
 * <p>A marker file goes in first and the manifest last, so that a folder is empty, unfinished (the
 * marker, no manifest), a prepared data set (a manifest), or not ours. Only what is unfinished is
 * ever deleted. Nothing is renamed but one small file, which is why this holds on object stores
 * too.
 */
final class OutputFolder {
  static final String SEQUENCES = "sequences";

  private static final String MARKER = "_PREPARING";

  private final Configuration hadoop;
  private final String uri;
  private final FileSystem files;

  OutputFolder(Configuration hadoop, String uri) throws IOException {
    this.hadoop = hadoop;
    this.uri = uri;
    this.files = new Path(uri).getFileSystem(hadoop);
  }

  /**
   * The manifest of what is there already, if the folder holds a prepared data set.
   *
   * @throws DatasetException if the folder holds something that is not ours
   */
  Optional<Manifest> existing() throws IOException {
    Path folder = new Path(uri);
    if (!files.exists(folder)) {
      return Optional.empty();
    }
    if (!files.getFileStatus(folder).isDirectory()) {
      throw new DatasetException(
          "%s is a file; choose another --out, a folder that is not there yet".formatted(uri));
    }
    if (files.exists(new Path(uri, ManifestFile.NAME))) {
      return Optional.of(ManifestFile.read(hadoop, uri));
    }
    FileStatus[] content = files.listStatus(folder);
    if (content.length > 0 && !files.exists(new Path(uri, MARKER))) {
      throw new DatasetException(
          "%s holds something else (%s); choose another --out, a folder that is not there yet"
              .formatted(uri, content[0].getPath().getName()));
    }
    return Optional.empty();
  }

  /** Makes the folder anew, marked as unfinished. */
  void begin() throws IOException {
    files.delete(new Path(uri), true);
    files.mkdirs(new Path(uri));
    files.create(new Path(uri, MARKER), true).close();
  }

  /** Makes it a prepared data set. */
  void finish(Manifest manifest) throws IOException {
    ManifestFile.write(hadoop, uri, manifest);
    files.delete(new Path(uri, MARKER), false);
  }

  static String sequences(String uri) {
    return new Path(uri, SEQUENCES).toString();
  }
}
