package dev.armature.distill.cuda;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.Head;
import dev.armature.distill.Lesson;
import dev.armature.distill.LossPlan;
import dev.armature.distill.LossTerm;
import dev.armature.distill.MiningSettings.Form;
import dev.armature.distill.Pass;
import dev.armature.distill.StepLoss;
import dev.armature.distill.StepObjective;
import dev.armature.distill.StepSizes;
import dev.armature.distill.StepTargets;
import dev.armature.distill.Streams;
import dev.armature.encoder.cuda.Device;
import dev.armature.encoder.cuda.DeviceBuffers;
import dev.armature.encoder.cuda.DeviceFloats;
import dev.armature.encoder.cuda.DeviceStream;
import dev.armature.encoder.cuda.DeviceStream.Product;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The losses of {@link dev.armature.distill.Objective} on a device, for methods with one head.
 * Queries and keys are brought there and losses and gradients back; similarities are sequences ×
 * queue floats in its memory, one such matrix for what is computed, one for its derivatives, one
 * for each teacher.
 */
final class DeviceObjective implements StepObjective {
  private final Device device;
  private final DistillSettings settings;
  private final LossPlan plan;
  private final Streams streams;
  private final StepSizes sizes;
  private final DeviceStream stream;
  private final DeviceBuffers buffers;
  private final DeviceQueues mirror;
  private final int queue;
  private final int embedding;
  private final int taught;
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
    this.queue = settings.queue();
    this.embedding = embedding;
    this.taught =
        settings.method() == Method.CROSCLR
            ? settings.mining().positives()
            : settings.neighbours();
    try {
      sizes = new StepSizes(settings, modalities, embedding);
      plan = new LossPlan(settings, modalities);
      streams = plan.streams();
      device.enter();
      stream = device.newStream();
    } catch (RuntimeException | Error failure) {
      device.close();
      throw failure;
    }
    buffers = new DeviceBuffers(device, "the losses", stream::synchronize);
    mirror = new DeviceQueues(stream, buffers);
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
    return streams;
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
    int consensus = plan.consensus(Head.INSTANCE);
    boolean agrees = plan.teaches(consensus);
    boolean first = true;
    for (int modality = 0; modality < streams.count(); modality++) {
      if (agrees || plan.teaches(modality)) {
        mirror.follow(queues);
        DeviceFloats said = said(modality, sequences);
        similarities(
            upload("keys that teach", modality, keys[modality]), sequences, queues, modality, said);
        stream
            .losses()
            .neighbours(said, sequences, queue, taught, scale(settings.teacherTemperature()));
        if (agrees) {
          stream.losses().agree(said, said(consensus, sequences), 1f / streams.count(), first);
          first = false;
        }
      }
    }
    return new DeviceTargets(this, teachings, sequences, 0, sequences, queues.enqueued());
  }

  /** What a teacher says: sequences × queue. */
  private DeviceFloats said(int teacher, int sequences) {
    return buffers.get("teacher " + teacher, (long) sequences * queue);
  }

  @Override
  public StepLoss compute(
      float[][] queries, float[][] keys, StepTargets given, AlignedQueues queues, int batch) {
    enter();
    sizes.check(queues);
    sizes.check("queries", queries, batch);
    sizes.check("keys", keys, batch);
    Step step = new Step(own(given, queues, batch), batch);
    mirror.follow(queues);
    for (int modality = 0; modality < streams.count(); modality++) {
      step.queries.add(upload("queries", modality, queries[modality]));
      step.keys.add(upload("keys", modality, keys[modality]));
    }
    plan.passesByQueue().forEach(sharing -> sharing.forEach(pass -> step.add(pass, queues)));
    return step.loss();
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

  private DeviceFloats upload(String what, int modality, float[] embeddings) {
    DeviceFloats target = buffers.get(what + " " + modality, embeddings.length);
    stream.upload(embeddings, 0, target);
    return target;
  }

  private void similarities(
      DeviceFloats embeddings,
      int sequences,
      AlignedQueues queues,
      int index,
      DeviceFloats result) {
    stream.multiply(
        Product.RIGHT_TRANSPOSED,
        sequences,
        embedding,
        queue,
        embeddings,
        mirror.keys(queues, index),
        result,
        false);
  }

  private static float scale(double temperature) {
    return (float) (1 / temperature);
  }

  /** One batch. */
  private final class Step {
    private final DeviceTargets targets;
    private final int batch;
    private final List<DeviceFloats> queries = new ArrayList<>();
    private final List<DeviceFloats> keys = new ArrayList<>();
    private final DeviceFloats similarities;
    private final DeviceFloats coefficients;
    private final DeviceFloats gradients;
    private final DeviceFloats losses;

    Step(DeviceTargets targets, int batch) {
      this.targets = targets;
      this.batch = batch;
      long matrix = (long) batch * queue;
      similarities = buffers.get("similarities", matrix);
      coefficients = buffers.get("derivatives", matrix);
      gradients = buffers.get("gradients", (long) streams.count() * batch * embedding);
      losses = buffers.get("values", (long) plan.terms().size() * batch);
      stream.zero(gradients);
      stream.zero(losses);
    }

    private DeviceFloats losses(int term) {
      return losses.part((long) term * batch, batch);
    }

    private DeviceFloats gradient(int student) {
      long length = (long) batch * embedding;
      return gradients.part(student * length, length);
    }

    private DeviceFloats taught(Lesson lesson) {
      return said(lesson.teacher(), targets.taught())
          .part((long) targets.first() * queue, (long) batch * queue);
    }

    /** Starts a pass. */
    void add(Pass pass, AlignedQueues queues) {
      DeviceFloats own = queries.get(pass.student());
      DeviceFloats positives = keys.get(pass.queue());
      DeviceFloats gradient = gradient(pass.student());
      similarities(own, batch, queues, pass.queue(), similarities);
      stream
          .losses()
          .contrast(
              similarities,
              own,
              positives,
              coefficients,
              gradient,
              losses(pass.contrast()),
              batch,
              queue,
              embedding,
              scale(settings.contrastTemperature()),
              (float) (pass.contrastWeight() / batch));
      for (Lesson lesson : pass.mined()) {
        stream
            .losses()
            .mine(
                similarities,
                own,
                positives,
                taught(lesson),
                coefficients,
                gradient,
                losses(lesson.term()),
                batch,
                queue,
                embedding,
                taught,
                scale(settings.contrastTemperature()),
                (float) (lesson.weight() / batch),
                settings.mining().form() == Form.LOG_OF_SUM);
      }
      for (Lesson lesson : pass.distilled()) {
        stream
            .losses()
            .distil(
                similarities,
                taught(lesson),
                coefficients,
                losses(lesson.term()),
                batch,
                queue,
                scale(settings.studentTemperature()),
                (float) (lesson.weight() / batch));
      }
      stream.multiply(
          Product.PLAIN,
          batch,
          queue,
          embedding,
          coefficients,
          mirror.keys(queues, pass.queue()),
          gradient,
          true);
    }

    /** Waits for all of it. */
    StepLoss loss() {
      float[] rows = new float[plan.terms().size() * batch];
      stream.download(losses, rows, 0);
      double[] values = new double[plan.terms().size()];
      Arrays.setAll(values, term -> mean(rows, term));
      double[] contrasts = values.clone();
      for (List<Pass> sharing : plan.passesByQueue()) {
        for (Pass pass : sharing) {
          // A mined loss is the contrastive loss and a correction.
          pass.mined().forEach(lesson -> values[lesson.term()] += contrasts[pass.contrast()]);
        }
      }
      List<LossTerm> terms = new ArrayList<>();
      for (int term = 0; term < values.length; term++) {
        terms.add(plan.terms().get(term).with(values[term]));
      }
      float[][] own = new float[streams.count()][batch * embedding];
      for (int student = 0; student < own.length; student++) {
        stream.download(gradient(student), own[student], 0);
      }
      return new StepLoss(List.copyOf(terms), new double[0], own);
    }

    private double mean(float[] rows, int term) {
      double sum = 0;
      for (int row = term * batch; row < (term + 1) * batch; row++) {
        sum += rows[row];
      }
      return sum / batch;
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    device.enter();
    try {
      stream.synchronize();
      buffers.close();
      stream.close();
    } finally {
      device.close();
    }
  }
}
