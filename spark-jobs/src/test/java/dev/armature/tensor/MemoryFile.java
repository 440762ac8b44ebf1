package dev.armature.tensor;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;

/** A file in memory, and where the fixtures of {@code oracle/torch_files.py} are. */
final class MemoryFile extends ByteArrayInputStream implements Seekable, PositionedReadable {

  private MemoryFile(byte[] bytes) {
    super(bytes);
  }

  static TorchFile open(byte[] bytes) throws IOException {
    return TorchFile.open(stream(bytes), bytes.length, new org.apache.hadoop.fs.Path("memory.pth"));
  }

  static FSDataInputStream stream(byte[] bytes) {
    return new FSDataInputStream(new MemoryFile(bytes));
  }

  static TorchFile open(Path file) throws IOException {
    return TorchFile.open(
        FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(file.toUri()));
  }

  static Path fixtures() {
    try {
      return Path.of(MemoryFile.class.getResource("/torch").toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void seek(long position) throws IOException {
    if (position < 0 || position > count) {
      throw new EOFException("no byte " + position);
    }
    pos = (int) position;
  }

  @Override
  public long getPos() {
    return pos;
  }

  @Override
  public boolean seekToNewSource(long target) {
    return false;
  }

  @Override
  public int read(long position, byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void readFully(long position, byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void readFully(long position, byte[] bytes) {
    throw new UnsupportedOperationException();
  }
}
