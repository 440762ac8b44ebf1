package dev.armature.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes numbers as files of tensors have them, a piece at a time. */
final class LittleEndian {
  /** Numbers a piece: a megabyte of floats. */
  static final int PIECE = 1 << 18;

  private LittleEndian() {}

  static NumberType type(Tensor tensor) {
    return tensor instanceof IntegerTensor ? NumberType.INT64 : NumberType.FLOAT32;
  }

  static long bytes(Tensor tensor) {
    return (long) tensor.length() * type(tensor).bytes();
  }

  static void write(OutputStream out, Tensor tensor) throws IOException {
    if (tensor instanceof FloatTensor floats) {
      write(out, floats);
    } else if (tensor instanceof DeferredTensor deferred) {
      write(out, new FloatTensor(deferred.shape(), deferred.numbers().get(), 0));
    } else if (tensor instanceof IntegerTensor integers) {
      write(out, integers);
    }
  }

  private static void write(OutputStream out, FloatTensor tensor) throws IOException {
    int length = tensor.length();
    byte[] bytes = new byte[Math.min(PIECE, length) * Float.BYTES];
    for (int done = 0; done < length; done += PIECE) {
      int count = Math.min(PIECE, length - done);
      wrap(bytes).asFloatBuffer().put(tensor.values(), tensor.offset() + done, count);
      out.write(bytes, 0, count * Float.BYTES);
    }
  }

  private static void write(OutputStream out, IntegerTensor tensor) throws IOException {
    int length = tensor.values().length;
    byte[] bytes = new byte[Math.min(PIECE, length) * Long.BYTES];
    for (int done = 0; done < length; done += PIECE) {
      int count = Math.min(PIECE, length - done);
      wrap(bytes).asLongBuffer().put(tensor.values(), done, count);
      out.write(bytes, 0, count * Long.BYTES);
    }
  }

  static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
