package dev.armature.round;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.distill.Head;
import dev.armature.distill.QueueSnapshot;
import dev.armature.distill.Streams;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.FileMetadata;
import dev.armature.encoder.ParameterLayout;
import dev.armature.skeleton.Modality;
import dev.armature.tensor.FloatTensor;
import dev.armature.tensor.NamedTensor;
import dev.armature.tensor.SafeTensors;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint as a safetensors file: every tensor of every encoder under its own name ({@code
 * query.joint.gru.0.forward.weight_input}, {@code key.…}, {@code velocity.…}, {@code queue.joint},
 * {@code outer.…}), the sizes and the provenance in the metadata.
 */
final class CheckpointFormat {
  private static final String FORMAT = "armature-checkpoint-2";

  /** Only where the number of workers has changed in the run. */
  private static final String DEAL_WORKERS = "deal.workers";

  /** Momentum of the outer optimizer; only where it has any. */
  private static final String OUTER = "outer.";

  /** The parts with what workers carry; only where they carry anything. */
  private static final String CARRIED = "carried";

  private static final TypeReference<List<CarriedPart>> PARTS = new TypeReference<>() {};
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  private CheckpointFormat() {}

  static void write(Checkpoint checkpoint, OutputStream out) throws IOException {
    ParameterLayout layout = new ParameterLayout(checkpoint.shape());
    TrainingState state = checkpoint.state();
    QueueSnapshot queues = state.queues();
    Streams streams = new Streams(checkpoint.modalities().size(), checkpoint.shape().heads());
    List<NamedTensor> tensors = new ArrayList<>();
    for (int m = 0; m < checkpoint.modalities().size(); m++) {
      String label = checkpoint.modalities().get(m).label();
      vector(tensors, "query." + label, layout, state.model().query().get(m));
      vector(tensors, "key." + label, layout, state.model().key().get(m));
      vector(tensors, "velocity." + label, layout, state.model().velocity().get(m));
      for (Head head : streams.each()) {
        float[] keys = queues.keys()[streams.index(m, head)];
        tensors.add(
            new NamedTensor(
                queueName(label, head),
                new FloatTensor(List.of(queues.capacity(), queues.embedding()), keys, 0)));
      }
    }
    for (int m = 0; m < state.outer().size(); m++) {
      String label = checkpoint.modalities().get(m).label();
      vector(tensors, OUTER + label, layout, state.outer().get(m));
    }
    SafeTensors.write(out, metadata(checkpoint), tensors);
  }

  /** {@code queue.joint} of the instance head, {@code queue.joint.cluster} of the cluster head. */
  private static String queueName(String label, Head head) {
    return "queue." + label + (head == Head.INSTANCE ? "" : "." + head.label());
  }

  private static void vector(
      List<NamedTensor> tensors, String prefix, ParameterLayout layout, FloatBlock block) {
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      tensors.add(
          new NamedTensor(
              prefix + "." + tensor.name(),
              new FloatTensor(tensor.shape(), block.values(), tensor.offset())));
    }
  }

  private static Map<String, String> metadata(Checkpoint checkpoint) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("rounds", Integer.toString(checkpoint.state().rounds()));
    metadata.put("steps", Long.toString(checkpoint.state().steps()));
    metadata.put("epochs", Integer.toString(checkpoint.state().epochs()));
    checkpoint.state().deal().ifPresent(deal -> put(metadata, deal));
    metadata.put("queue.enqueued", Long.toString(checkpoint.state().queues().enqueued()));
    FileMetadata.put(metadata, checkpoint.modalities());
    FileMetadata.put(metadata, checkpoint.shape());
    if (checkpoint.state().carried() instanceof CarriedStates.Files files) {
      metadata.put(CARRIED, JSON.writeValueAsString(files.parts()));
    }
    metadata.put("provenance", JSON.writeValueAsString(checkpoint.provenance()));
    return metadata;
  }

  private static void put(Map<String, String> metadata, Deal deal) {
    metadata.put(DEAL_WORKERS, Integer.toString(deal.workers()));
    metadata.put("deal.first-round", Integer.toString(deal.firstRound()));
    metadata.put("deal.first-step", Long.toString(deal.firstStep()));
    metadata.put("deal.epoch", Integer.toString(deal.epoch()));
    metadata.put("deal.batch", Integer.toString(deal.batch()));
  }

  private static Optional<Deal> deal(FileMetadata metadata) throws IOException {
    if (!metadata.has(DEAL_WORKERS)) {
      return Optional.empty();
    }
    return Optional.of(
        new Deal(
            metadata.number(DEAL_WORKERS),
            metadata.number("deal.first-round"),
            metadata.whole("deal.first-step"),
            metadata.number("deal.epoch"),
            metadata.number("deal.batch")));
  }

  private static CarriedStates carried(FileMetadata metadata, String folder) throws IOException {
    return metadata.has(CARRIED)
        ? new CarriedStates.Files(folder, JSON.readValue(metadata.text(CARRIED), PARTS))
        : new CarriedStates.Nothing();
  }

  /**
   * @param folder where the checkpoint lies, and its parts with it
   * @throws IOException if the file is cut short or is not a checkpoint of this format
   */
  static Checkpoint read(DataInputStream in, String folder) throws IOException {
    SafeTensors.Header header = SafeTensors.readHeader(in);
    FileMetadata metadata = new FileMetadata(header.metadata());
    String format = header.metadata().get("format");
    if (!FORMAT.equals(format)) {
      throw new NotWholeException("its format is '%s', expected '%s'".formatted(format, FORMAT));
    }
    EncoderShape shape = metadata.shape();
    List<Modality> modalities = metadata.modalities();
    Reading reading = new Reading(in, header, new ParameterLayout(shape));
    List<FloatBlock> query = new ArrayList<>();
    List<FloatBlock> key = new ArrayList<>();
    List<FloatBlock> velocity = new ArrayList<>();
    Streams streams = new Streams(modalities.size(), shape.heads());
    float[][] queues = new float[streams.count()][];
    SafeTensors.Entry queue = null;
    for (int m = 0; m < streams.modalities(); m++) {
      String label = modalities.get(m).label();
      query.add(reading.vector("query." + label));
      key.add(reading.vector("key." + label));
      velocity.add(reading.vector("velocity." + label));
      for (Head head : streams.each()) {
        queue = reading.next(queueName(label, head));
        float[] keys = new float[queue.length()];
        SafeTensors.readTensor(in, queue, keys, 0);
        queues[streams.index(m, head)] = keys;
      }
    }
    List<FloatBlock> outer = new ArrayList<>();
    while (reading.more() && outer.size() < modalities.size()) {
      outer.add(reading.vector(OUTER + modalities.get(outer.size()).label()));
    }
    if (queue == null) {
      throw new NotWholeException("it has no modalities");
    }
    TrainingState state =
        new TrainingState(
            metadata.number("rounds"),
            metadata.whole("steps"),
            metadata.number("epochs"),
            new ModelState(query, key, velocity),
            new QueueSnapshot(
                queue.shape().get(0),
                queue.shape().get(1),
                metadata.whole("queue.enqueued"),
                queues),
            deal(metadata),
            outer,
            carried(metadata, folder));
    return new Checkpoint(
        state, shape, modalities, JSON.readValue(metadata.text("provenance"), STRINGS));
  }

  /** Reads tensors in the order in which {@link #write} writes them. */
  private static final class Reading {
    private final DataInputStream in;
    private final SafeTensors.Header header;
    private final ParameterLayout layout;
    private int read;

    Reading(DataInputStream in, SafeTensors.Header header, ParameterLayout layout) {
      this.in = in;
      this.header = header;
      this.layout = layout;
    }

    boolean more() {
      return read < header.entries().size();
    }

    SafeTensors.Entry next(String name) throws IOException {
      if (read == header.entries().size() || !header.entries().get(read).name().equals(name)) {
        throw new NotWholeException(
            "tensor %d is %s, expected %s"
                .formatted(
                    read,
                    read == header.entries().size() ? "missing" : header.entries().get(read).name(),
                    name));
      }
      return header.entries().get(read++);
    }

    FloatBlock vector(String prefix) throws IOException {
      float[] values = new float[layout.size()];
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        SafeTensors.Entry entry = next(prefix + "." + tensor.name());
        if (!entry.shape().equals(tensor.shape())) {
          throw new NotWholeException(
              "tensor %s has shape %s, expected %s"
                  .formatted(entry.name(), entry.shape(), tensor.shape()));
        }
        SafeTensors.readTensor(in, entry, values, tensor.offset());
      }
      return new FloatBlock(values);
    }
  }
}
