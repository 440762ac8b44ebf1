package dev.armature.encoder.cuda;

import java.util.ArrayList;
import java.util.List;

/** Arguments of a kernel, and what it leaves in them. */
final class Arena implements AutoCloseable {
  private final HostDevice device = new HostDevice();
  private final List<DeviceMemory> memory = new ArrayList<>();
  private final List<DeviceFloats> all = new ArrayList<>();

  DeviceFloats of(float[] values) {
    DeviceMemory taken = device.allocate(values.length, "a test");
    memory.add(taken);
    DeviceFloats floats = new DeviceFloats(taken, 0, values.length);
    HostMemory.write(floats, values);
    all.add(floats);
    return floats;
  }

  DeviceFloats random(int length) {
    return of(Numbers.random(length, all.size()));
  }

  DeviceFloats positive(int length) {
    float[] values = Numbers.random(length, all.size());
    for (int i = 0; i < length; i++) {
      values[i] = Math.abs(values[i]) + 0.1f;
    }
    return of(values);
  }

  List<float[]> contents() {
    return all.stream().map(HostMemory::read).toList();
  }

  @Override
  public void close() {
    memory.forEach(DeviceMemory::close);
  }
}
