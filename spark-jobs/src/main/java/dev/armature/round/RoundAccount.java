package dev.armature.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What all workers did in a round, apart from their parameters. Put together in the cluster, so
 * that the driver gets as much from many workers as from one.
 *
 * @param steps the losses of every step, averaged over the workers
 * @param keys what enters the common queues
 * @param phases where the workers' time went, all together
 * @param hosts where they ran, by worker
 */
record RoundAccount(List<StepLosses> steps, QueueUpdate keys, PhaseTimes phases, List<String> hosts)
    implements Serializable {

  /**
   * @param workers the accounts of all workers, by worker
   * @param batch sequences a step and worker
   * @param queue keys in a queue
   */
  static RoundAccount of(Round round, List<WorkerRound> workers, int batch, int queue) {
    List<StepLosses> steps = new ArrayList<>();
    for (int step = 0; step < round.steps(); step++) {
      int at = step;
      steps.add(StepLosses.mean(workers.stream().map(worker -> worker.steps().get(at)).toList()));
    }
    PhaseTimes phases = new PhaseTimes();
    workers.forEach(worker -> phases.add(worker.phases()));
    return new RoundAccount(
        steps,
        QueueUpdate.of(round, workers, batch, queue),
        phases,
        new ArrayList<>(workers.stream().map(WorkerRound::host).toList()));
  }
}
