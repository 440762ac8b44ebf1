package dev.armature.round;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/** Seconds by phase of the local work; not thread-safe. */
public final class PhaseTimes implements Serializable {

  /** What a worker spends a step on. */
  public enum Phase {
    /** Cropping, augmenting, deriving modalities. */
    VIEWS,
    /** Moving average and key encoders. */
    KEYS,
    /** Query encoders, forward. */
    QUERIES,
    /** Similarities, losses, their gradients, the queues. */
    LOSSES,
    /** Query encoders, backward. */
    BACKWARD,
    /** Stochastic gradient descent. */
    UPDATE
  }

  private final EnumMap<Phase, Double> seconds = new EnumMap<>(Phase.class);
  private long mark = System.nanoTime();

  /** Starts to measure. */
  public void start() {
    mark = System.nanoTime();
  }

  /** Charges the time since the last call to a phase. */
  public void charge(Phase phase) {
    long now = System.nanoTime();
    seconds.merge(phase, (now - mark) * 1e-9, Double::sum);
    mark = now;
  }

  /** Adds another's times to these. */
  public void add(PhaseTimes other) {
    other.seconds.forEach((phase, value) -> seconds.merge(phase, value, Double::sum));
  }

  /** Seconds by phase. */
  public Map<Phase, Double> seconds() {
    return new EnumMap<>(seconds);
  }

  /** Seconds altogether. */
  public double total() {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
