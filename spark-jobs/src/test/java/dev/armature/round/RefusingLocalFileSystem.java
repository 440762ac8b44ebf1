package dev.armature.round;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local file system, which refuses files of workers a number of times. Made by Hadoop. */
public final class RefusingLocalFileSystem extends RawLocalFileSystem {
  /** How many files are refused from now on, to be read or made. */
  static final AtomicInteger REFUSALS = new AtomicInteger();

  private static void ask(Path path) throws IOException {
    if (path.getName().contains(".worker-") && REFUSALS.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IOException("the file system is away");
    }
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    ask(path);
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    ask(path);
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }
}
