package dev.armature.encoder.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory by name that is kept from batch to batch, and replaced where a batch needs more. Used by
 * one thread at a time.
 */
public final class DeviceBuffers implements AutoCloseable {
  private final Device device;
  private final String owner;
  private final Runnable settle;
  private final Map<String, Held> held = new HashMap<>();
  private long replaced;

  private record Held(DeviceMemory memory, long length) {}

  /**
   * @param owner what it is for, for an error's message
   * @param settle waits for all work that may use the memory
   */
  public DeviceBuffers(Device device, String owner, Runnable settle) {
    this.device = device;
    this.owner = owner;
    this.settle = settle;
  }

  /** Memory of a name; what was in it is lost where it grows. */
  public DeviceFloats get(String name, long length) {
    Held found = held.get(name);
    if (found == null || found.length() < length) {
      if (found != null) {
        settle.run();
        // First, so that both need not fit at once.
        held.remove(name);
        replaced++;
        found.memory().close();
      }
      found = new Held(device.allocate(length, "%s of %s".formatted(name, owner)), length);
      held.put(name, found);
    }
    return new DeviceFloats(found.memory(), 0, length);
  }

  /** How often memory of a name has been replaced up to now: addresses stay as long as it does. */
  long replaced() {
    return replaced;
  }

  @Override
  public void close() {
    Deque<AutoCloseable> owned = new ArrayDeque<>();
    held.values().forEach(each -> owned.push(each.memory()));
    held.clear();
    Release.all(owned);
  }
}
