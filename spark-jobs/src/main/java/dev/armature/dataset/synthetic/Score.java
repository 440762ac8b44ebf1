package dev.armature.dataset.synthetic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one actor does in the course of an action, as keys and oscillations over the action's own
 * time from 0 to 1. Between keys a degree of freedom moves on a minimum-jerk curve, as hands do
 * (Flash and Hogan, "The coordination of arm movements", 1985). Immutable once built.
 */
final class Score {
  private record Key(double time, double value) {}

  private record Swing(
      Freedom freedom, double from, double to, double reach, double cycles, double phase) {}

  private final Map<Freedom, List<Key>> keys = new EnumMap<>(Freedom.class);
  private final List<Swing> swings = new ArrayList<>();

  private Score() {}

  /** A score in which nothing happens. */
  static Score rest() {
    return new Score();
  }

  /** Adds a key: an angle in degrees, or a distance in metres, to be reached at a time. */
  Score key(double time, Freedom freedom, double value) {
    List<Key> track = keys.computeIfAbsent(freedom, f -> new ArrayList<>());
    track.add(new Key(time, freedom.distance() ? value : Math.toRadians(value)));
    track.sort(Comparator.comparingDouble(Key::time));
    return this;
  }

  /** Adds keys that go from rest to a value, hold it, and go back to rest. */
  Score reach(
      double leave, double arrive, double depart, double back, Freedom freedom, double value) {
    return key(leave, freedom, 0)
        .key(arrive, freedom, value)
        .key(depart, freedom, value)
        .key(back, freedom, 0);
  }

  /**
   * Adds an oscillation between two times, faded in and out.
   *
   * @param reach degrees, or metres, to either side
   * @param cycles whole swings
   * @param phase part of a swing at which it starts
   */
  Score swing(double from, double to, Freedom freedom, double reach, double cycles, double phase) {
    double amplitude = freedom.distance() ? reach : Math.toRadians(reach);
    swings.add(new Swing(freedom, from, to, amplitude, cycles, phase));
    return this;
  }

  /**
   * Adds what the score asks for to a pose.
   *
   * @param time 0 to 1
   * @param reach by what all movements are multiplied
   * @param pace by what the number of swings is multiplied
   * @param pose by degree of freedom
   */
  void play(double time, double reach, double pace, double[] pose) {
    keys.forEach((freedom, track) -> pose[freedom.index()] += reach * value(track, time));
    for (Swing swing : swings) {
      double u = (time - swing.from()) / (swing.to() - swing.from());
      if (u > 0 && u < 1) {
        double fade = Math.min(1, 6 * Math.min(u, 1 - u));
        double angle = 2 * Math.PI * (swing.cycles() * pace * u + swing.phase());
        pose[swing.freedom().index()] += reach * swing.reach() * fade * StrictMath.sin(angle);
      }
    }
  }

  private static double value(List<Key> track, double time) {
    Key before = track.get(0);
    for (Key key : track) {
      if (key.time() >= time) {
        double span = key.time() - before.time();
        double u = span > 0 ? (time - before.time()) / span : 1;
        double ease = u <= 0 ? 0 : u * u * u * (10 + u * (6 * u - 15));
        return before.value() + (key.value() - before.value()) * ease;
      }
      before = key;
    }
    return before.value();
  }
}
