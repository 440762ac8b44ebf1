package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.cuda.HostDevice.Order;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RepeatedWorkTest {
  private final HostDevice device = new HostDevice();
  private final DeviceStream stream = device.newStream();
  private final DeviceBuffers buffers = new DeviceBuffers(device, "a test", stream::synchronize);
  private final RepeatedWork repeated = new RepeatedWork(stream, buffers, true);
  private final List<String> done = new ArrayList<>();

  private record Region(int number) {}

  @AfterEach
  void everything_is_given_back() {
    repeated.close();
    buffers.close();
    stream.close();
    assertThat(device.open()).isZero();
  }

  /** Writes whether it was run into memory of some length. */
  private void run(int number, int length) {
    repeated.run(
        new Region(number),
        () -> {
          done.add("region " + number);
          stream.zero(buffers.get("memory", length));
        });
  }

  @Test
  void a_region_runs_twice_and_is_replayed_from_then_on() {
    for (int time = 0; time < 5; time++) {
      stream.upload(new float[] {1, 2, 3}, 0, buffers.get("memory", 3));
      run(1, 3);
      float[] found = {4, 4, 4};
      stream.download(buffers.get("memory", 3), found, 0);
      assertThat(found).containsExactly(0, 0, 0);
    }
    assertThat(done).hasSize(2);
    assertThat(device.recorded()).isEqualTo(1);
    assertThat(device.replayed()).isEqualTo(4);
  }

  @Test
  void without_recording_every_time_is_the_first() {
    RepeatedWork plain = new RepeatedWork(stream, buffers, false);
    for (int time = 0; time < 3; time++) {
      plain.run(new Region(1), () -> done.add("done"));
    }
    assertThat(done).hasSize(3);
    assertThat(device.recorded()).isZero();
  }

  @Test
  void what_a_replay_was_given_is_what_it_was_given_when_recorded() {
    stream.upload(new float[] {1, 2}, 0, buffers.get("memory", 2));
    int[] times = {0};
    for (int time = 0; time < 4; time++) {
      // Depends on a number that is not of the region, as no work should: it shows.
      repeated.run(
          new Region(1),
          () -> {
            if (times[0]++ == 0) {
              stream.zero(buffers.get("memory", 2).part(0, 1));
            }
          });
      stream.upload(new float[] {7}, 0, buffers.get("memory", 2).part(0, 1));
    }
    float[] found = new float[2];
    stream.download(buffers.get("memory", 2), found, 0);
    assertThat(found).containsExactly(7, 2);
    assertThat(times[0]).isEqualTo(2);
  }

  @Test
  void memory_that_is_replaced_ends_what_was_recorded_on_it() {
    run(1, 3);
    run(1, 3);
    run(2, 3);
    run(2, 3);
    assertThat(device.recorded()).isEqualTo(2);
    run(3, 30);
    done.clear();
    run(1, 3);
    run(1, 3);
    run(1, 3);
    assertThat(done).hasSize(2);
    assertThat(device.recorded()).isEqualTo(3);
  }

  @Test
  void recordings_that_have_not_been_used_for_longest_are_forgotten() {
    for (int number = 0; number < 12; number++) {
      run(number, 3);
      run(number, 3);
    }
    done.clear();
    run(11, 3);
    assertThat(done).isEmpty();
    run(0, 3);
    assertThat(done).containsExactly("region 0");
  }

  @Test
  void what_a_gpu_cannot_record_is_refused_in_main_memory_too() {
    DeviceFloats memory = buffers.get("memory", 3);
    assertThatThrownBy(() -> stream.record(() -> stream.upload(new float[3], 0, memory)))
        .hasMessageContaining("while launches are recorded");
    assertThatThrownBy(() -> stream.record(stream::synchronize))
        .hasMessageContaining("while launches are recorded");
    assertThatThrownBy(() -> stream.record(() -> buffers.get("more memory", 3)))
        .hasMessageContaining("while launches are recorded");
    try (DeviceStream side = device.newStream()) {
      assertThatThrownBy(
              () ->
                  stream.record(
                      () -> {
                        side.after(stream);
                        side.zero(memory);
                      }))
          .hasMessageContaining("nobody waits for");
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void a_recording_of_two_streams_keeps_their_waits(Order order) {
    HostDevice other = new HostDevice(order, JavaKernels::new, Long.MAX_VALUE);
    try (DeviceStream first = other.newStream();
        DeviceStream second = other.newStream();
        DeviceMemory memory = other.allocate(3, "a test")) {
      DeviceFloats from = new DeviceFloats(memory, 0, 1);
      DeviceFloats by = new DeviceFloats(memory, 1, 1);
      DeviceFloats to = new DeviceFloats(memory, 2, 1);
      try (DeviceRecording recording =
          first.record(
              () -> {
                first.copy(from, by);
                second.after(first);
                second.copy(by, to);
                first.after(second);
                first.zero(by);
              })) {
        for (float value : new float[] {5, 6, 7}) {
          first.upload(new float[] {value}, 0, from);
          recording.replay();
          float[] found = new float[3];
          first.download(new DeviceFloats(memory, 0, 3), found, 0);
          assertThat(found).containsExactly(value, 0, value);
        }
      }
    }
  }
}
