package dev.armature.encoder.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Work that is the same whenever a region comes again, given launch by launch the first time, so that
 * its memory and what libraries make for themselves is there, recorded the second, and replayed from
 * then on. Used by one thread at a time.
 */
final class RepeatedWork implements AutoCloseable {
  /**
   * Recordings at most: queries, keys and gradients of two sizes of batch. A recording of a thousand
   * launches is some MB.
   */
  private static final int KEPT = 6;

  private final DeviceStream stream;
  private final DeviceBuffers buffers;
  private final boolean recorded;
  private final Map<Record, DeviceRecording> known = new LinkedHashMap<>(KEPT, 0.75f, true);
  private long replaced;

  /**
   * @param stream to which the work is given, and which waits for the others that take part
   * @param buffers the memory that may be replaced between two calls
   * @param recorded whether anything is recorded at all
   */
  RepeatedWork(DeviceStream stream, DeviceBuffers buffers, boolean recorded) {
    this.stream = stream;
    this.buffers = buffers;
    this.recorded = recorded;
  }

  /**
   * Does work, or does again what it was.
   *
   * @param region everything on which the work depends: the same region is the same work
   * @param work gives launches to streams; neither waits nor copies from or to main memory
   */
  void run(Record region, Runnable work) {
    if (!recorded) {
      work.run();
      return;
    }
    forgetIfReplaced();
    if (!known.containsKey(region)) {
      work.run();
      forgetIfReplaced();
      known.put(region, null);
      forgetEldest();
      return;
    }
    DeviceRecording recording = known.get(region);
    if (recording == null) {
      recording = stream.record(work);
      known.put(region, recording);
    }
    recording.replay();
  }

  /** A recording knows addresses, not names. */
  private void forgetIfReplaced() {
    if (replaced != buffers.replaced()) {
      replaced = buffers.replaced();
      close();
    }
  }

  private void forgetEldest() {
    Iterator<DeviceRecording> eldest = known.values().iterator();
    while (known.size() > KEPT) {
      DeviceRecording recording = eldest.next();
      eldest.remove();
      if (recording != null) {
        stream.synchronize();
        recording.close();
      }
    }
  }

  /** Waits, and forgets all of them. */
  @Override
  public void close() {
    Deque<AutoCloseable> closing = new ArrayDeque<>();
    known.values().stream().filter(Objects::nonNull).forEach(closing::push);
    known.clear();
    if (!closing.isEmpty()) {
      closing.push(stream::synchronize);
      Release.all(closing);
    }
  }
}
