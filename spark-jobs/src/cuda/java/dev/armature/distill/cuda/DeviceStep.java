package dev.armature.distill.cuda;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.Lesson;
import dev.armature.distill.LossPlan;
import dev.armature.distill.LossTerm;
import dev.armature.distill.MiningSettings.Form;
import dev.armature.distill.Pass;
import dev.armature.distill.StepLoss;
import dev.armature.distill.Streams;
import dev.armature.encoder.cuda.DeviceBuffers;
import dev.armature.encoder.cuda.DeviceFloats;
import dev.armature.encoder.cuda.DeviceStream;
import dev.armature.encoder.cuda.DeviceStream.Product;
import dev.armature.encoder.cuda.LossKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One batch's losses on a device. Each student has a lane, and on it batch × queue floats of
 * similarities and as many of derivatives by them; what it learns from stands still meanwhile.
 */
final class DeviceStep {
  private final DistillSettings settings;
  private final LossPlan plan;
  private final Streams streams;
  private final DeviceLanes lanes;
  private final DeviceBuffers buffers;
  private final DeviceQueues mirror;
  private final DeviceTeachers teachers;
  private final DeviceTargets targets;
  private final AlignedQueues queues;
  private final int batch;
  private final int queue;
  private final int embedding;
  private final DeviceEmbeddings queries;
  private final DeviceEmbeddings keys;
  private final DeviceFloats results;
  private final DeviceEmbeddings gradients;

  /** Brings a batch there; the queues are there. */
  DeviceStep(
      DistillSettings settings,
      LossPlan plan,
      DeviceLanes lanes,
      DeviceBuffers buffers,
      DeviceQueues mirror,
      DeviceTeachers teachers,
      DeviceTargets targets,
      AlignedQueues queues,
      float[][] byQuery,
      float[][] byKey) {
    this.settings = settings;
    this.plan = plan;
    this.streams = plan.streams();
    this.lanes = lanes;
    this.buffers = buffers;
    this.mirror = mirror;
    this.teachers = teachers;
    this.targets = targets;
    this.queues = queues;
    batch = targets.sequences();
    queue = queues.capacity();
    embedding = queues.embedding();
    queries = DeviceEmbeddings.upload(lanes.main(), buffers, "queries", streams, byQuery);
    keys = DeviceEmbeddings.upload(lanes.main(), buffers, "keys", streams, byKey);
    // Gradients, then losses, then sizes of aggregates: they go back in one copy.
    long numbers = queries.all().length();
    results = buffers.get("results", numbers + (long) rowsBehind() * batch);
    gradients = new DeviceEmbeddings(results.part(0, numbers), streams);
  }

  private int rowsBehind() {
    return plan.terms().size() + (plan.aggregates() ? streams.modalities() : 0);
  }

  /** A number for each sequence: of a term's loss, and behind the terms of a modality's mixes. */
  private DeviceFloats row(int index) {
    return results.part(gradients.all().length() + (long) index * batch, batch);
  }

  /** Computes everything and waits for it. */
  StepLoss compute() {
    lanes.main().zero(results);
    lanes.part();
    // Of one student those come in the order of their queues, in which their gradients are added.
    plan.passesByQueue().forEach(sharing -> sharing.forEach(this::start));
    lanes.meet();
    if (plan.aggregates()) {
      for (int modality = 0; modality < streams.modalities(); modality++) {
        DeviceFloats counts =
            teachers.counts(modality, targets.taught()).part(targets.first(), batch);
        lanes.main().copy(counts, row(plan.terms().size() + modality));
      }
    }
    float[] all = new float[Math.toIntExact(results.length())];
    lanes.main().download(results, all, 0);
    return loss(all);
  }

  private void start(Pass pass) {
    DeviceStream lane = lanes.lane(pass.student());
    LossKernels kernels = lane.losses();
    DeviceFloats own = queries.of(pass.student());
    DeviceFloats gradient = gradients.of(pass.student());
    DeviceFloats positives =
        pass.aggregated()
            ? slice(teachers.aggregates(streams.modality(pass.queue()), targets.taught()))
            : keys.of(pass.queue());
    DeviceFloats similarities = matrix("similarities", pass.student());
    DeviceFloats coefficients = matrix("derivatives", pass.student());
    teachers.similarities(lane, own, batch, queues, pass.queue(), similarities);
    kernels.contrast(
        similarities,
        own,
        positives,
        excluded(pass),
        coefficients,
        gradient,
        row(pass.contrast()),
        batch,
        queue,
        embedding,
        scale(settings.contrastTemperature()),
        (float) (pass.contrastWeight() / batch));
    for (Lesson lesson : pass.mined()) {
      kernels.mine(
          similarities,
          own,
          positives,
          word(lesson),
          coefficients,
          gradient,
          row(lesson.term()),
          batch,
          queue,
          embedding,
          teachers.taught(),
          scale(settings.contrastTemperature()),
          (float) (lesson.weight() / batch),
          settings.mining().form() == Form.LOG_OF_SUM);
    }
    for (Lesson lesson : pass.distilled()) {
      kernels.distil(
          similarities,
          word(lesson),
          coefficients,
          row(lesson.term()),
          batch,
          queue,
          scale(settings.studentTemperature()),
          (float) (lesson.weight() / batch));
    }
    lane.multiply(
        Product.PLAIN,
        batch,
        queue,
        embedding,
        coefficients,
        mirror.keys(queues, pass.queue()),
        gradient,
        true);
  }

  private static float scale(double temperature) {
    return (float) (1 / temperature);
  }

  private DeviceFloats matrix(String name, int student) {
    return buffers.get(name + " " + student, (long) batch * queue);
  }

  private DeviceFloats word(Lesson lesson) {
    return slice(teachers.word(lesson.teacher(), targets.taught()));
  }

  /** Keys that are no negatives; null where all are. */
  private DeviceFloats excluded(Pass pass) {
    boolean excludes = pass.aggregated() && settings.cluster().excludesNeighbours();
    return excludes
        ? slice(teachers.aggregated(streams.modality(pass.queue()), targets.taught()))
        : null;
  }

  /** The batch's rows of those that were taught. */
  private DeviceFloats slice(DeviceFloats taught) {
    long width = taught.length() / targets.taught();
    return taught.part(targets.first() * width, batch * width);
  }

  private StepLoss loss(float[] all) {
    int first = Math.toIntExact(gradients.all().length());
    double[] values = new double[plan.terms().size()];
    Arrays.setAll(values, term -> mean(all, first + term * batch));
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
    double[] mixed = new double[rowsBehind() - values.length];
    Arrays.setAll(
        mixed, modality -> mean(all, first + (values.length + modality) * batch));
    float[][] byModality = new float[streams.modalities()][];
    int length = first / byModality.length;
    for (int modality = 0; modality < byModality.length; modality++) {
      byModality[modality] =
          Arrays.copyOfRange(all, modality * length, (modality + 1) * length);
    }
    return new StepLoss(List.copyOf(terms), mixed, byModality);
  }

  private double mean(float[] all, int start) {
    double sum = 0;
    for (int i = start; i < start + batch; i++) {
      sum += all[i];
    }
    return sum / batch;
  }
}
