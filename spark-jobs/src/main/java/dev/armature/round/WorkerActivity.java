package dev.armature.round;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the workers of this process have done since it began, all together, for those who watch it.
 * Nothing of it is in a run's numbers. Thread-safe.
 */
public final class WorkerActivity {
  private static final LongAdder STEPS = new LongAdder();
  private static final LongAdder SEQUENCES = new LongAdder();
  private static final Map<PhaseTimes.Phase, DoubleAdder> SECONDS = adders();

  private WorkerActivity() {}

  /**
   * What was done up to a moment.
   *
   * @param steps of all workers
   * @param sequences in these
   * @param seconds by phase, of the rounds that are done; workers that train at once count each
   */
  public record Done(long steps, long sequences, Map<PhaseTimes.Phase, Double> seconds) {}

  private static Map<PhaseTimes.Phase, DoubleAdder> adders() {
    Map<PhaseTimes.Phase, DoubleAdder> adders = new EnumMap<>(PhaseTimes.Phase.class);
    for (PhaseTimes.Phase phase : PhaseTimes.Phase.values()) {
      adders.put(phase, new DoubleAdder());
    }
    return adders;
  }

  static void stepDone(int sequences) {
    STEPS.increment();
    SEQUENCES.add(sequences);
  }

  static void roundDone(PhaseTimes times) {
    times.seconds().forEach((phase, seconds) -> SECONDS.get(phase).add(seconds));
  }

  /** What is done by now. */
  public static Done now() {
    Map<PhaseTimes.Phase, Double> seconds = new EnumMap<>(PhaseTimes.Phase.class);
    SECONDS.forEach((phase, adder) -> seconds.put(phase, adder.sum()));
    return new Done(STEPS.sum(), SEQUENCES.sum(), seconds);
  }
}
