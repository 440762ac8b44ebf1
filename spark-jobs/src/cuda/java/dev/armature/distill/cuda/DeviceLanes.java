package dev.armature.distill.cuda;

import dev.armature.encoder.cuda.Device;
import dev.armature.encoder.cuda.DeviceStream;
import dev.armature.encoder.cuda.Release;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Streams of a device that work side by side between two points of a main one: at the first all of
 * them wait for it, at the second it waits for all of them. What is done in between on one of them
 * neither reads what another one writes nor writes what another one reads, so that nothing depends
 * on how they overlap. What comes from the host or goes there takes the main one.
 */
final class DeviceLanes implements AutoCloseable {
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final DeviceStream main;
  private final List<DeviceStream> beside = new ArrayList<>();

  DeviceLanes(Device device, int count) {
    try {
      main = open(device);
      for (int lane = 0; lane < count; lane++) {
        beside.add(open(device));
      }
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private DeviceStream open(Device device) {
    DeviceStream stream = device.newStream();
    owned.push(stream);
    return stream;
  }

  /** What is ordered with everything. */
  DeviceStream main() {
    return main;
  }

  /** One of those beside it. */
  DeviceStream lane(int number) {
    return beside.get(number);
  }

  /** The first of the two points. */
  void part() {
    beside.forEach(lane -> lane.after(main));
  }

  /** The second of the two points. */
  void meet() {
    beside.forEach(main::after);
  }

  /** Waits for everything. */
  void synchronize() {
    main.synchronize();
    beside.forEach(DeviceStream::synchronize);
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
