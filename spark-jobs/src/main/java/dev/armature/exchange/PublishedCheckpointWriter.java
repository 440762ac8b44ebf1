package dev.armature.exchange;

import dev.armature.distill.Head;
import dev.armature.distill.QueueSnapshot;
import dev.armature.distill.Streams;
import dev.armature.encoder.PyTorchOrder;
import dev.armature.round.Checkpoint;
import dev.armature.round.FloatBlock;
import dev.armature.round.ModelState;
import dev.armature.round.TrainSettings;
import dev.armature.skeleton.Modality;
import dev.armature.tensor.DeferredTensor;
import dev.armature.tensor.IntegerTensor;
import dev.armature.tensor.NamedTensor;
import dev.armature.tensor.SafeTensors;
import dev.armature.tensor.Tensor;
import dev.armature.tensor.TorchFileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a checkpoint under the names and in the layout of the published PyTorch code: encoders,
 * queues and momentum buffers, so that training can go on from it there, or here after an import.
 * The published model has one projection head; a cluster head and its queues are left out.
 *
 * <p>Tensors are turned into PyTorch's order one by one, as they are written.
 */
public final class PublishedCheckpointWriter {
  /** The modalities that the published code has names for. */
  public static final List<Modality> MODALITIES = PublishedNames.MODALITIES;

  /** Name of the folder within the file; PyTorch's readers take any. */
  private static final String ARCHIVE = "archive";

  private final Checkpoint checkpoint;
  private final List<PublishedTensor> tensors;

  /**
   * A writer of a checkpoint's encoders with their instance heads, and these heads' queues.
   *
   * @throws IllegalArgumentException if the encoders are of a modality for which the published code
   *     has no name
   */
  public PublishedCheckpointWriter(Checkpoint checkpoint) {
    if (!MODALITIES.containsAll(checkpoint.modalities())) {
      throw new IllegalArgumentException(
          "the encoders are of %s, the published format knows %s"
              .formatted(Modality.labels(checkpoint.modalities()), Modality.labels(MODALITIES)));
    }
    this.checkpoint = checkpoint;
    this.tensors = PublishedTensor.of(checkpoint.shape());
  }

  /**
   * Writes what {@code torch.load} reads: a dict of {@code epoch}, {@code state_dict} and {@code
   * optimizer}, as the published code saves it, and {@code armature}, texts about the checkpoint.
   *
   * @param train how the optimizer is set up
   */
  public void writePyTorch(TrainSettings train, OutputStream out) throws IOException {
    TorchFileWriter.write(out, ARCHIVE, content(train));
  }

  /** The dict that {@link #writePyTorch} writes. */
  Map<String, Object> content(TrainSettings train) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put(PublishedFile.EPOCH, (long) checkpoint.state().epochs());
    content.put("state_dict", states());
    content.put("optimizer", optimizer(train));
    content.put(PyTorchSource.TEXTS, metadata());
    return content;
  }

  /**
   * Writes a safetensors file: the tensors of {@code state_dict}, and the momentum buffer of every
   * parameter as {@code momentum_buffer.} and the parameter's name.
   */
  public void writeSafeTensors(OutputStream out) throws IOException {
    List<NamedTensor> all = new ArrayList<>();
    states().forEach((name, tensor) -> all.add(new NamedTensor(name, tensor)));
    momentumBuffers()
        .forEach((name, buffer) -> all.add(new NamedTensor(PublishedFile.MOMENTUM + name, buffer)));
    SafeTensors.write(out, metadata(), all);
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>(checkpoint.provenance());
    metadata.put(PublishedFile.EPOCH, Integer.toString(checkpoint.state().epochs()));
    metadata.put(PublishedFile.RECURRENCE, checkpoint.shape().recurrence().label());
    return metadata;
  }

  private Map<String, Tensor> states() {
    ModelState model = checkpoint.state().model();
    Map<String, Tensor> states = new LinkedHashMap<>();
    for (int m = 0; m < checkpoint.modalities().size(); m++) {
      Modality modality = checkpoint.modalities().get(m);
      encoder(PublishedNames.query(modality), model.query().get(m), states);
      encoder(PublishedNames.key(modality), model.key().get(m), states);
    }
    QueueSnapshot queues = checkpoint.state().queues();
    Streams streams = new Streams(checkpoint.modalities().size(), checkpoint.shape().heads());
    for (int m = 0; m < checkpoint.modalities().size(); m++) {
      Modality modality = checkpoint.modalities().get(m);
      float[] keys = queues.keys()[streams.index(m, Head.INSTANCE)];
      states.put(
          PublishedNames.queue(modality),
          new DeferredTensor(
              List.of(queues.embedding(), queues.capacity()),
              () -> PyTorchOrder.transposed(keys, queues.capacity(), queues.embedding())));
      states.put(
          PublishedNames.position(modality),
          new IntegerTensor(List.of(1), new long[] {queues.enqueued() % queues.capacity()}));
    }
    return states;
  }

  private void encoder(String prefix, FloatBlock block, Map<String, Tensor> states) {
    for (PublishedTensor tensor : tensors) {
      states.put(prefix + "." + tensor.name(), turned(tensor, block));
    }
    states.put(
        prefix + ".input_norm.num_batches_tracked",
        new IntegerTensor(List.of(), new long[] {checkpoint.state().steps()}));
  }

  private static Tensor turned(PublishedTensor tensor, FloatBlock block) {
    return new DeferredTensor(tensor.shape(), () -> tensor.toPyTorch(block.values()));
  }

  private Map<String, Tensor> momentumBuffers() {
    Map<String, Tensor> buffers = new LinkedHashMap<>();
    for (int m = 0; m < checkpoint.modalities().size(); m++) {
      String prefix = PublishedNames.query(checkpoint.modalities().get(m));
      FloatBlock velocity = checkpoint.state().model().velocity().get(m);
      for (PublishedTensor tensor : tensors) {
        if (tensor.parameter()) {
          buffers.put(prefix + "." + tensor.name(), turned(tensor, velocity));
        }
      }
    }
    return buffers;
  }

  /**
   * The published optimizer is given the key encoders' parameters as well, and never moves them.
   */
  private Map<String, Object> optimizer(TrainSettings train) {
    Map<Object, Object> state = new LinkedHashMap<>();
    List<Object> numbers = new ArrayList<>();
    Map<String, Tensor> buffers = momentumBuffers();
    for (Modality modality : checkpoint.modalities()) {
      for (String prefix : List.of(PublishedNames.query(modality), PublishedNames.key(modality))) {
        for (PublishedTensor tensor : tensors) {
          if (tensor.parameter()) {
            long number = numbers.size();
            Tensor buffer = buffers.get(prefix + "." + tensor.name());
            if (buffer != null) {
              state.put(number, Map.of("momentum_buffer", buffer));
            }
            numbers.add(number);
          }
        }
      }
    }
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("lr", train.rate().ofOneWorker(checkpoint.state().epochs()));
    group.put("momentum", train.momentum());
    group.put("dampening", 0L);
    group.put("weight_decay", train.weightDecay());
    group.put("nesterov", false);
    group.put("maximize", false);
    group.put("foreach", null);
    group.put("differentiable", false);
    group.put("params", numbers);
    Map<String, Object> optimizer = new LinkedHashMap<>();
    optimizer.put("state", state);
    optimizer.put("param_groups", List.of(group));
    return optimizer;
  }
}
