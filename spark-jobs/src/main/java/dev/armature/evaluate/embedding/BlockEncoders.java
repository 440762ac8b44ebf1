package dev.armature.evaluate.embedding;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The idle encoders of this process, kept from task to task: opening one takes longer than encoding
 * a small partition. Those of another kind are closed as soon as a task asks for one, so that a
 * process does not gather the memory of one model after the other. Thread-safe.
 */
final class BlockEncoders {
  private static final Deque<BlockEncoder> IDLE = new ArrayDeque<>();

  private BlockEncoders() {}

  /** An encoder for one thread, which gives it back, or closes it if it is in doubt. */
  static BlockEncoder borrow(BlockEncoder.Kind kind) {
    synchronized (IDLE) {
      Iterator<BlockEncoder> all = IDLE.iterator();
      BlockEncoder found = null;
      while (all.hasNext()) {
        BlockEncoder idle = all.next();
        if (!idle.kind().equals(kind)) {
          all.remove();
          idle.close();
        } else if (found == null) {
          all.remove();
          found = idle;
        }
      }
      if (found != null) {
        return found;
      }
    }
    return new BlockEncoder(kind);
  }

  static void giveBack(BlockEncoder encoder) {
    synchronized (IDLE) {
      IDLE.push(encoder);
    }
  }

  /** Closes what is idle in this process. */
  static void clear() {
    synchronized (IDLE) {
      IDLE.forEach(BlockEncoder::close);
      IDLE.clear();
    }
  }
}
