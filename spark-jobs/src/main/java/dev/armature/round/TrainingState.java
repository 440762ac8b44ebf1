package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything a run is between two rounds; what a round does follows from this and the plan alone.
 *
 * @param rounds number of rounds of this run that are done
 * @param steps number of steps that the encoders have behind them, those of a run that this one
 *     began with included
 * @param epochs number of whole epochs that the schedule counts as done
 * @param model encoders and optimizer
 * @param queues the aligned queues of negative keys, in the order of {@link
 *     dev.armature.distill.Streams}
 * @param deal how the data was dealt out last; empty as long as it is as at the run's start
 */
public record TrainingState(
    int rounds,
    long steps,
    int epochs,
    ModelState model,
    QueueSnapshot queues,
    Optional<Deal> deal) {

  /** A state of a run whose number of workers has not changed. */
  public TrainingState(int rounds, long steps, int epochs, ModelState model, QueueSnapshot queues) {
    this(rounds, steps, epochs, model, queues, Optional.empty());
  }

  /**
   * The state before the first round: initial weights, key encoders equal to the query encoders.
   */
  public static TrainingState initial(TrainingPlan plan) {
    int size = new ParameterLayout(plan.encoder()).size();
    List<FloatBlock> query = new ArrayList<>();
    List<FloatBlock> velocity = new ArrayList<>();
    for (int modality = 0; modality < plan.modalities().size(); modality++) {
      query.add(
          new FloatBlock(
              EncoderInitializer.initialize(plan.encoder(), plan.train().seed(), modality)));
      velocity.add(new FloatBlock(new float[size]));
    }
    try (AlignedQueues queues =
        AlignedQueues.random(
            plan.streams().count(),
            plan.distill().queue(),
            plan.encoder().embedding(),
            plan.train().seed())) {
      return new TrainingState(0, 0, 0, new ModelState(query, query, velocity), queues.snapshot());
    }
  }
}
