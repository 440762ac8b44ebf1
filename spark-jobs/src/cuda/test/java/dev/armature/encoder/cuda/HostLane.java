package dev.armature.encoder.cuda;

import java.util.ArrayList;
import java.util.List;

/** Work in an order, done when somebody waits for it, or at once. */
final class HostLane {
  private final List<Runnable> work = new ArrayList<>();
  private final boolean early;
  private int done;

  HostLane(boolean early) {
    this.early = early;
  }

  void add(Runnable task) {
    work.add(task);
    if (early) {
      doneUntil(work.size());
    }
  }

  int size() {
    return work.size();
  }

  void doneUntil(int end) {
    while (done < end) {
      Runnable next = work.get(done);
      // Counted first: what it waits for may lead back here.
      work.set(done++, null);
      next.run();
    }
  }
}
