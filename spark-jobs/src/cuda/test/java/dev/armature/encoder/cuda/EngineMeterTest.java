package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.DeviceMeter;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** On a device in main memory, by whose clock all work takes a millisecond. */
class EngineMeterTest {
  private static final double SECOND = 1e-3;

  @Test
  void time_is_that_of_all_streams_from_what_was_given_before_to_what_was_given_last() {
    HostDevice device = new HostDevice();
    try (DeviceStream first = device.newStream();
        DeviceStream second = device.newStream();
        DeviceMemory memory = device.allocate(2, "a test");
        DeviceMeter meter = new EngineMeter(device, List.of(first, second), 2, 8)) {
      DeviceFloats one = new DeviceFloats(memory, 0, 1);
      DeviceFloats other = new DeviceFloats(memory, 1, 1);
      for (int before = 0; before < 10; before++) {
        second.zero(other);
      }
      meter.start();
      for (int each = 0; each < 20; each++) {
        first.zero(one);
        second.zero(other);
      }
      meter.stop();
      first.zero(one);

      // Both marks and the waits are work as well.
      assertThat(meter.seconds()).isBetween(40 * SECOND, 45 * SECOND);
    }
    assertThat(device.open()).isZero();
  }

  @Test
  void rates_are_work_by_time() {
    HostDevice device = new HostDevice();
    try (DeviceStream stream = device.newStream();
        DeviceMeter meter = new EngineMeter(device, List.of(stream), 3, 8)) {
      // Of eight repetitions, a ninth is the mark.
      Offset<Double> marked = Offset.offset(0.15 * 64_000);
      assertThat(meter.productRate()).isEqualTo(2 * 27 / SECOND, marked);
      assertThat(meter.copyRate()).isEqualTo(2 * 8 * 4 / SECOND, marked);
      assertThat(meter.bytes()).isGreaterThanOrEqualTo(meter.bytesFree());
    }
    assertThat(device.open()).isZero();
  }
}
