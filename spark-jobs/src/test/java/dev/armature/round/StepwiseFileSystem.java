package dev.armature.round;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system, asking before every step whether it may be done. What is written to a
 * stream arrives in two halves, each a step of its own, and is in the file at once; as an object
 * store it has no file before its stream is closed, and cannot change one that it has.
 */
public final class StepwiseFileSystem extends RawLocalFileSystem {

  /** Is asked before every step; an exception or an error is what comes of it. */
  @FunctionalInterface
  public interface Steps {
    /**
     * Lets a step pass, or throws.
     *
     * @param step what is to be done: {@code create}, {@code write}, {@code finish} (the second
     *     half), {@code sync}, {@code close}, {@code append}, {@code truncate}, {@code rename},
     *     {@code delete} or {@code list}
     * @param name the file's name
     */
    void before(String step, String name) throws IOException;
  }

  private final Steps steps;
  private final boolean objects;

  public StepwiseFileSystem(Steps steps) {
    this(steps, false);
  }

  private StepwiseFileSystem(Steps steps, boolean objects) {
    this.steps = steps;
    this.objects = objects;
  }

  /** A file system that is ready for use. */
  public static StepwiseFileSystem open(Steps steps) throws IOException {
    return ready(new StepwiseFileSystem(steps));
  }

  /** The same as an object store. */
  public static StepwiseFileSystem objects(Steps steps) throws IOException {
    return ready(new StepwiseFileSystem(steps, true));
  }

  private static StepwiseFileSystem ready(StepwiseFileSystem files) throws IOException {
    files.initialize(URI.create("file:///"), new Configuration());
    return files;
  }

  static org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    steps.before("create", path.getName());
    if (objects) {
      return new FSDataOutputStream(
          new ObjectStream(
              path.getName(),
              () ->
                  super.create(
                      path, permission, overwrite, bufferSize, replication, blockSize, progress)),
          null);
    }
    return stepwise(
        path,
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    steps.before("create", path.getName());
    if (objects) {
      return new FSDataOutputStream(
          new ObjectStream(
              path.getName(),
              () -> super.create(path, overwrite, bufferSize, replication, blockSize, progress)),
          null);
    }
    return stepwise(
        path, super.create(path, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream append(
      org.apache.hadoop.fs.Path path, int bufferSize, Progressable progress) throws IOException {
    refuseOnObjects("append to");
    steps.before("append", path.getName());
    return stepwise(path, super.append(path, bufferSize, progress));
  }

  @Override
  public boolean truncate(org.apache.hadoop.fs.Path path, long length) throws IOException {
    refuseOnObjects("truncate");
    steps.before("truncate", path.getName());
    return super.truncate(path, length);
  }

  @Override
  public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
      throws IOException {
    steps.before("rename", to.getName());
    return super.rename(from, to);
  }

  @Override
  public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
    steps.before("delete", path.getName());
    return super.delete(path, recursive);
  }

  @Override
  public FileStatus[] listStatus(org.apache.hadoop.fs.Path path) throws IOException {
    steps.before("list", path.getName());
    return super.listStatus(path);
  }

  private void refuseOnObjects(String what) {
    if (objects) {
      throw new UnsupportedOperationException("no object store can " + what + " what it has");
    }
  }

  private FSDataOutputStream stepwise(org.apache.hadoop.fs.Path path, FSDataOutputStream out)
      throws IOException {
    return new FSDataOutputStream(new Stream(path.getName(), out), null, out.getPos());
  }

  /** How a file is begun that is then written as a whole. */
  @FunctionalInterface
  private interface Creation {
    FSDataOutputStream create() throws IOException;
  }

  private final class ObjectStream extends ByteArrayOutputStream {
    private final String name;
    private final Creation creation;
    private boolean closed;

    ObjectStream(String name, Creation creation) {
      this.name = name;
      this.creation = creation;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        steps.before("close", name);
        try (FSDataOutputStream out = creation.create()) {
          writeTo(out);
        }
      }
    }
  }

  private final class Stream extends OutputStream implements Syncable, StreamCapabilities {
    private final String name;
    private final FSDataOutputStream out;

    Stream(String name, FSDataOutputStream out) {
      this.name = name;
      this.out = out;
    }

    @Override
    public void write(int single) throws IOException {
      write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      steps.before("write", name);
      int half = length / 2;
      out.write(bytes, offset, half);
      out.flush();
      steps.before("finish", name);
      out.write(bytes, offset + half, length - half);
      out.flush();
    }

    @Override
    public void hflush() throws IOException {
      out.hflush();
    }

    @Override
    public void hsync() throws IOException {
      steps.before("sync", name);
      out.hsync();
    }

    @Override
    public boolean hasCapability(String capability) {
      return out.hasCapability(capability);
    }

    @Override
    public void close() throws IOException {
      try (out) {
        steps.before("close", name);
      }
    }
  }
}
