package dev.armature.encoder.cuda;

import dev.armature.encoder.DeviceMeter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/** Measures a device by its own clock, beside an engine whose streams are given. */
final class EngineMeter implements DeviceMeter {
  /** Times that a product or a copy is done, after as many that do not count. */
  private static final int REPEATS = 8;

  private final Device device;
  private final List<DeviceStream> streams;
  private final DeviceTimer timer;
  private final int side;
  private final long copied;

  /**
   * @param streams on which the engine works, at least one
   * @param side of the square matrices that are multiplied
   * @param copied floats that are copied at once
   */
  EngineMeter(Device device, List<DeviceStream> streams, int side, long copied) {
    this.device = device;
    this.streams = List.copyOf(streams);
    this.side = side;
    this.copied = copied;
    timer = device.newTimer();
  }

  /** The stream by which time is told, once it has waited for all others. */
  private DeviceStream joined() {
    DeviceStream first = streams.get(0);
    streams.subList(1, streams.size()).forEach(first::after);
    return first;
  }

  @Override
  public void start() {
    device.enter();
    timer.start(joined());
  }

  @Override
  public void stop() {
    device.enter();
    timer.stop(joined());
  }

  @Override
  public double seconds() {
    device.enter();
    return timer.seconds();
  }

  @Override
  public double productRate() {
    double seconds =
        seconds(
            (long) side * side,
            (stream, memory) ->
                stream.multiply(
                    DeviceStream.Product.PLAIN,
                    side,
                    side,
                    side,
                    memory.get(0),
                    memory.get(1),
                    memory.get(2),
                    false));
    return 2.0 * side * side * side * REPEATS / seconds;
  }

  @Override
  public double copyRate() {
    double seconds =
        seconds(copied, (stream, memory) -> stream.copy(memory.get(0), memory.get(1)));
    return 2.0 * copied * Float.BYTES * REPEATS / seconds;
  }

  /** What is measured on three stretches of memory. */
  private interface Work {
    void start(DeviceStream stream, List<DeviceFloats> memory);
  }

  private double seconds(long floats, Work work) {
    device.enter();
    DeviceStream stream = joined();
    Deque<AutoCloseable> owned = new ArrayDeque<>();
    double seconds;
    try {
      List<DeviceFloats> memory =
          List.of(random(owned, floats), random(owned, floats), random(owned, floats));
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        work.start(stream, memory);
      }
      timer.start(stream);
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        work.start(stream, memory);
      }
      timer.stop(stream);
      seconds = timer.seconds();
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
    Release.all(owned);
    return seconds;
  }

  /** Numbers, since zeros are multiplied faster; the same ones again and again. */
  private DeviceFloats random(Deque<AutoCloseable> owned, long floats) {
    DeviceMemory memory = device.allocate(floats, "measuring the device");
    owned.push(memory);
    DeviceFloats all = new DeviceFloats(memory, 0, floats);
    SplittableRandom random = new SplittableRandom(floats);
    float[] values = new float[(int) Math.min(floats, 1 << 20)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    for (long start = 0; start < floats; start += values.length) {
      long length = Math.min(values.length, floats - start);
      streams.get(0).upload(values, 0, all.part(start, length));
    }
    streams.get(0).synchronize();
    return all;
  }

  @Override
  public long bytesFree() {
    device.enter();
    return device.memory().free();
  }

  @Override
  public long bytes() {
    device.enter();
    return device.memory().all();
  }

  @Override
  public void close() {
    device.enter();
    timer.close();
  }
}
