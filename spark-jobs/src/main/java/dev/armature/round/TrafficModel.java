package dev.armature.round;

import dev.armature.encoder.ParameterLayout;

/**
 * What a round moves and what the driver holds, from a plan's sizes alone, for clusters that are
 * not at hand. Of a round in the middle of a run with as many steps as {@code localSteps}, every
 * worker on an executor of its own; losses, names and what serialization adds are left out.
 */
public final class TrafficModel {
  /**
   * Four threads of the driver's take results, each with a piece's bytes and the piece made of
   * them.
   */
  private static final long IN_FLIGHT = 4L * 2 * ChunkLayout.CHUNK * Float.BYTES;

  /**
   * Of the queues: what the next round begins with, the coordinator's own, the broadcast one and
   * its bytes, and as many updates as outweigh it.
   */
  private static final int QUEUE_COPIES = 5;

  private final TrainingPlan plan;
  private final Sharing sharing;
  private final long vectors;
  private final int returned;

  /** The model of a plan. */
  public TrafficModel(TrainingPlan plan) {
    this.plan = plan;
    sharing = plan.round().sharing();
    long numbers = new ParameterLayout(plan.encoder()).size();
    vectors = numbers * plan.modalities().size() * Float.BYTES;
    returned = sharing.returned(plan.round().teacher()).size();
  }

  /** Bytes of a round. */
  public RoundBytes bytes() {
    int workers = plan.round().workers();
    long copy = returned * vectors;
    long sent = sharing.wire() == Wire.BFLOAT16 ? copy / 2 : copy;
    long keys = keyBytes();
    long entering = Math.min(keys, queueBytes());
    long shuffled = workers * sent + keys;
    return new RoundBytes(
        publishedVectors() * vectors,
        entering,
        copy,
        entering,
        shuffled,
        shuffled / workers * (workers - 1),
        copy);
  }

  /** Query and key encoders, and momentum buffers where they are averaged. */
  private int publishedVectors() {
    return sharing.momentum() == Momentum.AVERAGED ? 3 : 2;
  }

  private long queueBytes() {
    return (long) plan.distill().queue()
        * plan.encoder().embedding()
        * plan.streams().count()
        * Float.BYTES;
  }

  /** The keys that workers send, those of as many steps as fill the common queues. */
  private long keyBytes() {
    if (sharing.queues() == QueueSharing.LOCAL) {
      return 0;
    }
    int perStep = plan.round().workers() * plan.train().batch();
    int filling = (plan.distill().queue() + perStep - 1) / perStep;
    long keys = (long) Math.min(plan.round().localSteps(), filling) * perStep;
    return keys * plan.encoder().embedding() * plan.streams().count() * Float.BYTES;
  }

  /**
   * The most that the driver holds at once of the run, as its heap sees it: the states with which
   * run and round have begun, the broadcast's bytes, and the averages, which are the next state as
   * they arrive; the outer optimizer's momentum; queues; pieces on their way.
   */
  public long driverBytes() {
    long state = publishedVectors() * vectors;
    return 4 * state + outerBytes() + QUEUE_COPIES * queueBytes() + IN_FLIGHT;
  }

  /** Bytes of the outer optimizer's momentum. */
  public long outerBytes() {
    return sharing.outer().hasMomentum() ? vectors : 0;
  }

  /** Bytes that a worker carries from round to round. */
  public long carriedBytes() {
    return CarriedLayout.of(plan).bytes();
  }
}
