package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.EncoderEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.slf4j.LoggerFactory;

/**
 * What one worker carries through one round: taken up where the round before has left it, changed,
 * and put down for the next. Used by the task's thread alone.
 */
final class Carrying {
  /** Spark would repeat a task at once that could not read, and soon give up. */
  private static final Patience READING =
      new Patience(Duration.ofMinutes(5), LoggerFactory.getLogger(Carrying.class)::warn);

  private final TrainingPlan plan;
  private final Publication publication;
  private final int worker;
  private final CarriedLayout layout;
  private final Optional<CarriedState> before;
  private final FloatBlock[] after;
  private long enqueued;

  private Carrying(
      TrainingPlan plan,
      Publication publication,
      int worker,
      CarriedLayout layout,
      Optional<CarriedState> before) {
    this.plan = plan;
    this.publication = publication;
    this.worker = worker;
    this.layout = layout;
    this.before = before;
    this.after = new FloatBlock[layout.slots().size()];
    // Errors are changed piece by piece while the result goes out; the state before stays.
    for (CarriedKind kind : List.of(CarriedKind.QUERY_ERROR, CarriedKind.KEY_ERROR)) {
      for (int place : layout.places(kind)) {
        after[place] =
            new FloatBlock(
                before
                    .map(state -> state.vectors().get(place).values().clone())
                    .orElseGet(() -> new float[layout.slots().get(place).length()]));
      }
    }
  }

  /**
   * @throws CarriedStateLostException if no executor has it any more
   * @throws IOException if it lies in a file that is not whole
   */
  static Carrying takeUp(TrainingPlan plan, Publication publication, int worker)
      throws IOException {
    CarriedLayout layout = CarriedLayout.of(plan);
    CarriedStates from = publication.carried();
    Optional<CarriedState> before = Optional.empty();
    if (from.workers() > 0) {
      CarriedState left = read(from, layout, worker % from.workers());
      before = Optional.of(worker < from.workers() ? left : left.forNewWorker(layout));
    }
    return new Carrying(plan, publication, worker, layout, before);
  }

  private static CarriedState read(CarriedStates from, CarriedLayout layout, int worker)
      throws IOException {
    if (from instanceof CarriedStates.Blocks blocks) {
      return CarriedBlocks.get(blocks, layout, worker);
    }
    CarriedStates.Files files = (CarriedStates.Files) from;
    Path folder = new Path(files.folder());
    CarriedPart part = files.parts().get(worker);
    return READING.insist(
        "read",
        new Path(folder, part.file()),
        () -> CarriedFile.read(CarriedCheckpoint.fileSystem(folder), folder, part, layout));
  }

  /**
   * The momentum buffers that the worker begins with.
   *
   * @param published those that were published; empty for 0
   */
  List<FloatBlock> velocity(List<FloatBlock> published) {
    return plan.round().sharing().momentum() == Momentum.LOCAL && before.isPresent()
        ? vectors(before.get(), CarriedKind.VELOCITY)
        : published;
  }

  private List<FloatBlock> vectors(CarriedState state, CarriedKind kind) {
    return layout.places(kind).stream().map(place -> state.vectors().get(place)).toList();
  }

  /**
   * The queues that the worker begins with, for it to change and close.
   *
   * @param runs how many runs go on side by side in the application
   */
  AlignedQueues queues(int runs) {
    if (plan.round().sharing().queues() == QueueSharing.SHARED || before.isEmpty()) {
      return QueueReplica.copy(publication, runs);
    }
    float[][] keys =
        vectors(before.get(), CarriedKind.QUEUE).stream()
            .map(FloatBlock::values)
            .toArray(float[][]::new);
    return AlignedQueues.of(
        new QueueSnapshot(
            plan.distill().queue(), plan.encoder().embedding(), before.get().enqueued(), keys));
  }

  /** What rounding keeps back of an encoder's changes, to be changed in place; by modality. */
  float[] error(CarriedKind kind, int modality) {
    return after[layout.places(kind).get(modality)].values();
  }

  /** Keeps what the worker has after its last step. */
  void keep(EncoderEngine engine, AlignedQueues queues) {
    for (int place : layout.places(CarriedKind.VELOCITY)) {
      float[] velocity = new float[layout.slots().get(place).length()];
      engine.readVelocity(layout.slots().get(place).index(), velocity);
      after[place] = new FloatBlock(velocity);
    }
    List<Integer> places = layout.places(CarriedKind.QUEUE);
    if (!places.isEmpty()) {
      QueueSnapshot snapshot = queues.snapshot();
      enqueued = snapshot.enqueued();
      for (int stream = 0; stream < places.size(); stream++) {
        after[places.get(stream)] = new FloatBlock(snapshot.keys()[stream]);
      }
    }
  }

  /** Puts it down for the next round, once the whole result is out. */
  void putDown() {
    if (publication.carryTo() instanceof CarriedStates.Blocks blocks) {
      CarriedBlocks.put(
          blocks, layout, worker, new CarriedState(enqueued, new ArrayList<>(List.of(after))));
    }
  }
}
