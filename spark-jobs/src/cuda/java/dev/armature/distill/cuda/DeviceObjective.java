package dev.armature.distill.cuda;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.LossPlan;
import dev.armature.distill.StepLoss;
import dev.armature.distill.StepObjective;
import dev.armature.distill.StepSizes;
import dev.armature.distill.StepTargets;
import dev.armature.distill.Streams;
import dev.armature.encoder.cuda.Device;
import dev.armature.encoder.cuda.DeviceBuffers;
import dev.armature.encoder.cuda.Release;
import dev.armature.skeleton.Modality;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The losses of {@link dev.armature.distill.Objective} on a device. Queries and keys are brought
 * there and losses and gradients back; queues are mirrored, and all between stays there. Streams of
 * embeddings overlap, each on a lane of its own, and results do not depend on how.
 *
 * <p>{@link dev.armature.distill.ObjectiveDeviceMemory} counts what is taken here and in what this
 * is made of: whoever changes one changes the other.
 */
final class DeviceObjective implements StepObjective {
  private final Device device;
  private final DistillSettings settings;
  private final LossPlan plan;
  private final StepSizes sizes;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final DeviceLanes lanes;
  private final DeviceBuffers buffers;
  private final DeviceQueues mirror;
  private final DeviceTeachers teachers;
  private long teachings;
  private boolean closed;

  /**
   * @param device the objective's own from now on
   * @param modalities in the order of all arrays by modality
   */
  DeviceObjective(
      Device device, DistillSettings settings, List<Modality> modalities, int embedding) {
    this.device = device;
    this.settings = settings;
    owned.push(device);
    try {
      sizes = new StepSizes(settings, modalities, embedding);
      plan = new LossPlan(settings, modalities);
      device.enter();
      lanes = new DeviceLanes(device, plan.streams().count());
      owned.push(lanes);
    } catch (RuntimeException | Error failure) {
      closed = true;
      Release.after(failure, owned);
      throw failure;
    }
    buffers = new DeviceBuffers(device, "the losses", lanes::synchronize);
    // Closed before the lanes, and once they are done.
    owned.push(buffers);
    owned.push(lanes::synchronize);
    mirror = new DeviceQueues(lanes.main(), buffers);
    teachers = new DeviceTeachers(settings, plan, embedding, lanes, buffers, mirror);
  }

  @Override
  public DistillSettings settings() {
    return settings;
  }

  @Override
  public List<Modality> modalities() {
    return plan.modalities();
  }

  @Override
  public Streams streams() {
    return plan.streams();
  }

  private void enter() {
    if (closed) {
      throw new IllegalStateException("the objective is closed");
    }
    device.enter();
  }

  @Override
  public StepTargets teach(float[][] keys, AlignedQueues queues, int sequences) {
    enter();
    sizes.check(queues);
    sizes.check("keys", keys, sequences);
    // What was taught before is overwritten.
    teachings++;
    mirror.follow(queues);
    teachers.teach(keys, queues, sequences);
    return new DeviceTargets(this, teachings, sequences, 0, sequences, queues.enqueued());
  }

  @Override
  public StepLoss compute(
      float[][] queries, float[][] keys, StepTargets given, AlignedQueues queues, int batch) {
    enter();
    sizes.check(queues);
    sizes.check("queries", queries, batch);
    sizes.check("keys", keys, batch);
    DeviceTargets targets = own(given, queues, batch);
    mirror.follow(queues);
    return new DeviceStep(
            settings, plan, lanes, buffers, mirror, teachers, targets, queues, queries, keys)
        .compute();
  }

  @Override
  public void settle() {
    enter();
    lanes.synchronize();
  }

  private DeviceTargets own(StepTargets given, AlignedQueues queues, int batch) {
    if (!(given instanceof DeviceTargets targets)
        || targets.owner() != this
        || targets.teaching() != teachings) {
      throw new IllegalArgumentException(
          "teacher targets of another objective, or of an earlier teaching: on a device those of the last one alone are there");
    }
    sizes.check(given, queues, batch);
    return targets;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      // After a failure of the device this fails as well, and the rest is freed nevertheless.
      owned.push(device::enter);
      Release.all(owned);
    }
  }
}
