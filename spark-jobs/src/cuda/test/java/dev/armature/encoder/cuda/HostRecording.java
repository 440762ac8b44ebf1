package dev.armature.encoder.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What streams were given, with its arguments, done anew at every replay, by each stream as late or
 * as early as it may. What is not given through a stream is not in it.
 */
final class HostRecording implements DeviceRecording {
  private final HostStream first;
  private final List<Step> steps = new ArrayList<>();
  private final Map<HostStream, Integer> given = new LinkedHashMap<>();
  private final Map<HostStream, Integer> awaitedByFirst = new LinkedHashMap<>();
  private boolean closed;

  /** Work, or a wait for what another stream had been given. */
  private record Step(HostStream stream, Runnable work, HostStream awaited, int until) {}

  HostRecording(HostStream first) {
    this.first = first;
    given.put(first, 0);
  }

  /** Those that take part. */
  Set<HostStream> streams() {
    return given.keySet();
  }

  void add(HostStream stream, Runnable work) {
    steps.add(new Step(stream, work, null, 0));
    given.merge(stream, 1, Integer::sum);
  }

  void await(HostStream stream, HostStream awaited) {
    int until = given.get(awaited);
    given.putIfAbsent(stream, 0);
    steps.add(new Step(stream, null, awaited, until));
    given.merge(stream, 1, Integer::sum);
    if (stream == first) {
      awaitedByFirst.put(awaited, until);
    }
  }

  /** As a GPU, which asks for the same. */
  void requireJoined() {
    given.forEach(
        (stream, count) -> {
          if (stream != first && !count.equals(awaitedByFirst.get(stream))) {
            throw new IllegalStateException("a stream was recorded that nobody waits for");
          }
        });
  }

  @Override
  public void replay() {
    if (closed) {
      throw new IllegalStateException("the recording was forgotten");
    }
    first.replay(this::run);
  }

  private void run() {
    Map<HostStream, HostLane> lanes = new LinkedHashMap<>();
    given.keySet().forEach(stream -> lanes.put(stream, new HostLane(stream.early())));
    for (Step step : steps) {
      HostLane awaited = lanes.get(step.awaited());
      lanes
          .get(step.stream())
          .add(awaited == null ? step.work() : () -> awaited.doneUntil(step.until()));
    }
    HostLane last = lanes.get(first);
    last.doneUntil(last.size());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      first.forgotten();
    }
  }
}
