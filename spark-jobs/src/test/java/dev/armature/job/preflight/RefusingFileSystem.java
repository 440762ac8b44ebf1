package dev.armature.job.preflight;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system, of which single things can be switched off ({@code test.refuse}), for
 * every user, the super-user included; its room is {@code test.room} bytes.
 */
public final class RefusingFileSystem extends RawLocalFileSystem {
  private URI uri = URI.create("file:///");

  static RefusingFileSystem refusing(String what) throws IOException {
    Configuration configuration = new Configuration(false);
    configuration.set("test.refuse", what);
    RefusingFileSystem made = new RefusingFileSystem();
    made.initialize(URI.create("file:///"), configuration);
    return made;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(uri, conf);
    uri = URI.create(name.getScheme() + ":///");
  }

  @Override
  public URI getUri() {
    // The superclass asks before this class is initialized.
    return uri == null ? URI.create("file:///") : uri;
  }

  @Override
  protected void checkPath(Path path) {
    // Paths of any scheme are those of the local disk.
  }

  private void refuse(String what) throws IOException {
    if (getConf().getTrimmedStringCollection("test.refuse").contains(what)) {
      throw new IOException("Read-only file system");
    }
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    refuse("mkdirs");
    return super.mkdirs(path, permission);
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    refuse("mkdirs");
    return super.mkdirs(path);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    refuse("create");
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    refuse("rename");
    return super.rename(from, to);
  }

  @Override
  public FsStatus getStatus(Path path) throws IOException {
    long room = getConf().getLong("test.room", Long.MAX_VALUE);
    return new FsStatus(Long.MAX_VALUE, 0, room);
  }
}
