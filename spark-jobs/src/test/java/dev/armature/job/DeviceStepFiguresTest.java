package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.DeviceMeter;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EncoderWork;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.round.PhaseTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DeviceStepFiguresTest {

  @Test
  void shares_are_of_the_time_in_which_the_device_works() {
    Map<String, Double> figures =
        new DeviceStepFigures(0.05, 0.02, 64, 4e12, 2e10, 4e14, 4e12, 1e9, 9e9, 8e10).byName();

    assertThat(figures)
        .containsEntry("secondsPerStep", 0.05)
        .containsEntry("sequencesPerSecond", 1280.0)
        .hasEntrySatisfying("gflops", found -> assertThat(found).isEqualTo(2e5, one()))
        .hasEntrySatisfying("shareOfProduct", found -> assertThat(found).isEqualTo(0.5, small()))
        .hasEntrySatisfying("shareOfCopy", found -> assertThat(found).isEqualTo(0.25, small()))
        .hasEntrySatisfying("memoryAfter", found -> assertThat(found).isEqualTo(9, small()));
  }

  /** A device whose steps take longer and longer, and take memory. */
  private static final class Clock implements DeviceMeter {
    private final List<String> calls = new ArrayList<>();
    private int steps;

    @Override
    public void start() {
      calls.add("start");
    }

    @Override
    public void stop() {
      calls.add("stop");
    }

    @Override
    public double seconds() {
      return 0.01 * ++steps;
    }

    @Override
    public double productRate() {
      return steps == 0 ? 0.5e12 : 1.5e12;
    }

    @Override
    public double copyRate() {
      return steps == 0 ? 0.5e11 : 1.5e11;
    }

    @Override
    public long bytesFree() {
      return 70_000_000_000L - steps * 1_000_000_000L;
    }

    @Override
    public long bytes() {
      return 80_000_000_000L;
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  @Test
  void steps_after_the_warm_up_count_by_the_devices_clock() {
    Clock clock = new Clock();
    PhaseTimes views = new PhaseTimes();
    views.start();
    views.charge(PhaseTimes.Phase.VIEWS);
    double made = views.seconds().get(PhaseTimes.Phase.VIEWS);
    assertThat(made).isPositive();
    StepMeasurement.Result result =
        StepMeasurement.onDevice(
            clock,
            new StepMeasurement.Work(64, 2e10, 1e9),
            2,
            3,
            step -> {
              clock.calls.add("step " + step);
              return views;
            });

    assertThat(clock.calls)
        .startsWith("start", "step 0", "stop", "start", "step 1", "stop")
        .endsWith("step 4", "stop", "close");
    // Of 30, 40 and 50 ms the median.
    assertThat(result.figures().get("secondsPerStep")).isEqualTo(0.04, small());
    assertThat(result.figures().get("secondsWithoutViews"))
        .isEqualTo(0.04 - made, Offset.offset(1e-15));
    // Of 0.5 and 1.5 of these rates, before the steps and after them, the mean.
    assertThat(result.figures().get("shareOfProduct"))
        .isEqualTo(2e10 / (0.04 - made) / 1e12, small());
    assertThat(result.figures().get("shareOfCopy")).isEqualTo(1e9 / (0.04 - made) / 1e11, small());
    assertThat(result.figures().get("memoryBefore")).isEqualTo(10, small());
    assertThat(result.figures().get("memoryAfter")).isEqualTo(15, small());
  }

  private static Offset<Double> one() {
    return Offset.offset(1.0);
  }

  private static Offset<Double> small() {
    return Offset.offset(1e-9);
  }

  @Test
  void the_least_bytes_are_counted_by_parameters_frames_and_queues() {
    EncoderShape shape = new EncoderShape(6, 8, 2, 4, 1, Recurrence.LOCKSTEP);
    // A layer's frame: 6 and then 16 numbers in, 16 out, each four times.
    double frames = 5 * 3 * 4.0 * (6 + 16 + 16 + 16);
    double parameters = 12.0 * new ParameterLayout(shape).size();
    double queue = 3.0 * 100 * 4;

    assertThat(EncoderWork.leastBytes(shape, 2, 3, 5, 100))
        .isEqualTo(2 * 4 * (frames + parameters + queue));
  }
}
