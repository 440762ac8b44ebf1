package dev.armature.distill.cuda;

import dev.armature.distill.AlignedQueues;
import dev.armature.encoder.cuda.DeviceBuffers;
import dev.armature.encoder.cuda.DeviceFloats;
import dev.armature.encoder.cuda.DeviceStream;

/**
 * Queues in a device's memory, key by key at the same positions as those in main memory, which stay
 * what counts. Used by one thread at a time.
 */
final class DeviceQueues {
  private final DeviceStream stream;
  private final DeviceBuffers buffers;
  private AlignedQueues mirrored;
  private long enqueued;

  DeviceQueues(DeviceStream stream, DeviceBuffers buffers) {
    this.stream = stream;
    this.buffers = buffers;
  }

  /**
   * Brings the device's keys up to date: all of them when these queues were not the last ones, and
   * otherwise those whose positions new keys have passed since.
   */
  void follow(AlignedQueues queues) {
    int capacity = queues.capacity();
    long newKeys =
        mirrored == queues ? Math.min(queues.enqueued() - enqueued, capacity) : capacity;
    if (newKeys > 0) {
      // Should a copy fail, the next one begins anew.
      mirrored = null;
      int count = (int) newKeys;
      int first = (int) ((queues.enqueued() - newKeys) % capacity);
      if (count == capacity) {
        first = 0;
      }
      int untilEnd = Math.min(count, capacity - first);
      copy(queues, first, untilEnd);
      copy(queues, 0, count - untilEnd);
      mirrored = queues;
      enqueued = queues.enqueued();
    }
  }

  private void copy(AlignedQueues queues, int first, int count) {
    if (count > 0) {
      int embedding = queues.embedding();
      for (int each = 0; each < queues.modalities(); each++) {
        DeviceFloats target =
            keys(queues, each).part((long) first * embedding, (long) count * embedding);
        stream.upload(queues.keys(each, first, count), 0, target);
      }
    }
  }

  /**
   * The keys of a queue.
   *
   * @return capacity × embedding
   */
  DeviceFloats keys(AlignedQueues queues, int index) {
    return buffers.get("queue " + index, (long) queues.capacity() * queues.embedding());
  }
}
