package dev.armature.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A file of Hadoop as the channel from which a zip archive's directory is read: in small blocks,
 * and no more of it than a limit. It remembers when the file system failed, which is not the
 * archive's fault. Not thread-safe; closing it leaves the file open.
 */
public final class DirectoryChannel implements SeekableByteChannel {
  private static final int BLOCK = 1 << 13;

  /** A directory has some 100 bytes an entry: 80,000 entries. */
  private static final long LIMIT = 8L << 20;

  private final FSDataInputStream in;
  private final long size;
  private final byte[] block = new byte[BLOCK];
  private long blockBegin = -1;
  private long position;
  private long delivered;
  private IOException failure;

  /**
   * @param in the file, left open
   * @param size how many bytes it has
   */
  public DirectoryChannel(FSDataInputStream in, long size) {
    this.in = in;
    this.size = size;
  }

  /**
   * Passes on what the file system said, if it failed.
   *
   * @throws IOException that of the file system, if it failed
   */
  public void rethrowFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    if (position >= size) {
      return -1;
    }
    long begin = position / BLOCK * BLOCK;
    int held = (int) Math.min(BLOCK, size - begin);
    if (begin != blockBegin) {
      load(begin, held);
    }
    int at = (int) (position - begin);
    int count = Math.min(destination.remaining(), held - at);
    delivered += count;
    if (delivered > LIMIT) {
      throw new TensorFileException(
          "its zip directory has more than %d bytes, the most that are read".formatted(LIMIT));
    }
    destination.put(block, at, count);
    position += count;
    return count;
  }

  private void load(long begin, int count) throws IOException {
    blockBegin = -1;
    try {
      in.seek(begin);
      in.readFully(block, 0, count);
    } catch (IOException failed) {
      failure = failed;
      throw failed;
    }
    blockBegin = begin;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public DirectoryChannel position(long newPosition) {
    if (newPosition < 0) {
      throw new IllegalArgumentException("position " + newPosition + " is negative");
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public DirectoryChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }
}
