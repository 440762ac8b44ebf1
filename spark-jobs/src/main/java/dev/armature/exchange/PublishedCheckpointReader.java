package dev.armature.exchange;

import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.PyTorchOrder;
import dev.armature.encoder.Recurrence;
import dev.armature.round.FloatBlock;
import dev.armature.round.ModelState;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.Modality;
import dev.armature.tensor.StoredTensor;
import dev.armature.tensor.TensorFileException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads a checkpoint of the published PyTorch code (CMD, Mao et al., ECCV 2022), or one that was
 * exported from here: query and key encoders of joint, motion and bone, or some of them, queues,
 * and the momentum buffers of the optimizer.
 *
 * <p>Opening checks every name, shape and type and reads no numbers, so that one can ask for the
 * sizes first. Not thread-safe.
 */
public final class PublishedCheckpointReader implements Closeable {
  /** What PyTorch names after the number of the layer. */
  private static final Pattern LAYER =
      Pattern.compile("\\.encoder\\.gru\\.(?:weight|bias)_[ih]h_l(\\d{1,4})(?:_reverse)?$");

  private final PublishedFile file;
  private final StateDictionary states;
  private final List<Modality> modalities;
  private final EncoderShape shape;
  private final List<PublishedTensor> tensors;
  private final int capacity;
  private final int encoderSize;
  private final Optional<MomentumBuffers> momentum;

  private PublishedCheckpointReader(PublishedFile file, Optional<Recurrence> recurrence)
      throws TensorFileException {
    this.file = file;
    this.states = new StateDictionary(file.name(), file.tensors());
    this.modalities = modalities(states);
    this.shape = shape(recurrence.isPresent() ? recurrence.get() : file.recurrence());
    this.encoderSize = new ParameterLayout(shape).size();
    this.tensors = PublishedTensor.of(shape);
    this.capacity = states.shape(PublishedNames.queue(modalities.get(0)), 2).get(1);
    checkEncoders();
    this.momentum = momentum();
  }

  /**
   * Opens a file and checks what it holds.
   *
   * @param recurrence of the encoders; if empty, what an exported file says of it, else {@link
   *     Recurrence#LOCKSTEP}
   * @throws TensorFileException if it is no such checkpoint; the message says what is missing or
   *     wrong
   */
  public static PublishedCheckpointReader open(
      FileSystem fileSystem, Path path, Optional<Recurrence> recurrence) throws IOException {
    PublishedFile file = PublishedFile.open(fileSystem, path);
    try {
      return new PublishedCheckpointReader(file, recurrence);
    } catch (TensorFileException | RuntimeException wrong) {
      file.close();
      throw wrong;
    }
  }

  /** Sizes of the encoders. */
  public EncoderShape shape() {
    return shape;
  }

  /** The modalities it has encoders of. */
  public List<Modality> modalities() {
    return modalities;
  }

  /** Keys in each queue. */
  public int queue() {
    return capacity;
  }

  private static List<Modality> modalities(StateDictionary states) throws TensorFileException {
    List<Modality> found =
        PublishedNames.MODALITIES.stream()
            .filter(
                modality ->
                    states.hasAny(PublishedNames.query(modality) + ".")
                        || states.hasAny(PublishedNames.key(modality) + "."))
            .toList();
    if (found.isEmpty()) {
      throw new TensorFileException(
          "%s has no tensor whose name begins with %s.: it is no checkpoint of this model"
              .formatted(states.file(), PublishedNames.query(Modality.JOINT)));
    }
    return found;
  }

  private EncoderShape shape(Recurrence recurrence) throws TensorFileException {
    String encoder = PublishedNames.query(modalities.get(0)) + ".";
    String recurrent = encoder + "encoder.gru.";
    List<Integer> hidden = states.shape(recurrent + "weight_hh_l0", 2);
    int features = states.shape(recurrent + "weight_ih_l0", 2).get(1);
    if (states.has(encoder + "fc.weight") && !states.has(encoder + "fc.0.weight")) {
      throw new TensorFileException(
          "%s: the projection is one layer (%sfc.weight), expected two (%<sfc.0.weight, %<sfc.2.weight), which the published code makes with --mlp"
              .formatted(states.file(), encoder));
    }
    int embedding = states.shape(encoder + "fc.2.weight", 2).get(0);
    EncoderShape found =
        new EncoderShape(features, hidden.get(1), layers(), embedding, 1, recurrence);
    try {
      new ParameterLayout(found);
    } catch (ArithmeticException tooLarge) {
      throw new TensorFileException(
          "%s: tensor %sweight_hh_l0 has shape %s, and an encoder of hidden %d has more numbers than fit in one array"
              .formatted(states.file(), recurrent, hidden, found.hidden()),
          tooLarge);
    }
    return found;
  }

  /** As many as any encoder has a tensor of, so that one of the last layer's can be missed. */
  private int layers() {
    return 1
        + states.names().stream()
            .filter(this::isOfAnEncoder)
            .map(LAYER::matcher)
            .filter(Matcher::find)
            .mapToInt(layer -> Integer.parseInt(layer.group(1)))
            .max()
            .orElse(0);
  }

  private boolean isOfAnEncoder(String name) {
    return modalities.stream()
        .anyMatch(
            modality ->
                name.startsWith(PublishedNames.query(modality) + ".")
                    || name.startsWith(PublishedNames.key(modality) + "."));
  }

  private void checkEncoders() throws TensorFileException {
    for (Modality modality : modalities) {
      for (PublishedTensor tensor : tensors) {
        states.floats(PublishedNames.query(modality) + "." + tensor.name(), tensor.shape());
        states.floats(PublishedNames.key(modality) + "." + tensor.name(), tensor.shape());
      }
      states.floats(PublishedNames.queue(modality), List.of(shape.embedding(), capacity));
    }
  }

  private Optional<MomentumBuffers> momentum() throws TensorFileException {
    Optional<MomentumBuffers> found = file.momentum(states);
    if (found.isPresent()) {
      for (Modality modality : modalities) {
        for (PublishedTensor tensor : tensors) {
          String name = PublishedNames.query(modality) + "." + tensor.name();
          StoredTensor buffer = found.get().byParameter().get(name);
          if (buffer != null
              && !(buffer.shape().equals(tensor.shape()) && buffer.type().equals("float32"))) {
            throw new TensorFileException(
                "%s: the momentum buffer of %s is %s of shape %s, expected float32 of shape %s; the optimizer's parameters must be in the order of the model's"
                    .formatted(states.file(), name, buffer.type(), buffer.shape(), tensor.shape()));
          }
        }
      }
    }
    return found;
  }

  /**
   * Reads the numbers.
   *
   * @throws TensorFileException if some are not finite, the queues' positions differ, or the file
   *     is cut short
   */
  public PublishedCheckpoint read() throws IOException {
    List<FloatBlock> query = new ArrayList<>();
    List<FloatBlock> key = new ArrayList<>();
    List<FloatBlock> velocity = new ArrayList<>();
    float[][] queues = new float[modalities.size()][];
    int buffers = 0;
    for (int m = 0; m < queues.length; m++) {
      Modality modality = modalities.get(m);
      query.add(encoder(name -> PublishedNames.query(modality) + "." + name));
      key.add(encoder(name -> PublishedNames.key(modality) + "." + name));
      float[] vector = new float[encoderSize];
      buffers += readVelocity(modality, vector);
      velocity.add(new FloatBlock(vector));
      queues[m] = queue(modality);
    }
    TrainingState state =
        new TrainingState(
            0,
            steps(),
            file.epoch(),
            new ModelState(query, key, velocity),
            new QueueSnapshot(capacity, shape.embedding(), position(), queues));
    return new PublishedCheckpoint(
        shape, modalities, state, optimizer(buffers), file.texts(), states.left());
  }

  private Optional<PublishedOptimizer> optimizer(int buffers) {
    int parameters = (int) tensors.stream().filter(PublishedTensor::parameter).count();
    return momentum.map(
        found ->
            new PublishedOptimizer(
                found.settings(), buffers, parameters * modalities.size(), found.nesterov()));
  }

  private FloatBlock encoder(UnaryOperator<String> fullName) throws IOException {
    float[] vector = new float[encoderSize];
    for (PublishedTensor tensor : tensors) {
      String name = fullName.apply(tensor.name());
      tensor.fromPyTorch(numbers(name, states.floats(name, tensor.shape())), vector);
    }
    return new FloatBlock(vector);
  }

  /** How many parameters have a momentum buffer. */
  private int readVelocity(Modality modality, float[] vector) throws IOException {
    int found = 0;
    for (PublishedTensor tensor : tensors) {
      String name = PublishedNames.query(modality) + "." + tensor.name();
      StoredTensor buffer = momentum.map(all -> all.byParameter().get(name)).orElse(null);
      if (buffer != null && tensor.parameter()) {
        tensor.fromPyTorch(numbers("momentum buffer of " + name, buffer), vector);
        found++;
      }
    }
    return found;
  }

  /** Theirs is embedding × capacity, ours capacity × embedding. */
  private float[] queue(Modality modality) throws IOException {
    String name = PublishedNames.queue(modality);
    float[] columns = numbers(name, states.floats(name, List.of(shape.embedding(), capacity)));
    return PyTorchOrder.transposed(columns, shape.embedding(), capacity);
  }

  private float[] numbers(String name, StoredTensor tensor) throws IOException {
    float[] numbers = new float[tensor.length()];
    tensor.read(numbers, 0);
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new TensorFileException(
            "%s: %s holds %s; a model that diverged cannot be gone on with"
                .formatted(states.file(), name, number));
      }
    }
    return numbers;
  }

  private long position() throws IOException {
    Map<String, Long> positions = new LinkedHashMap<>();
    for (Modality modality : modalities) {
      String other = PublishedNames.otherPosition(modality);
      String name = states.has(other) ? other : PublishedNames.position(modality);
      positions.put(name, states.integer(name));
    }
    long position = positions.values().iterator().next();
    if (positions.values().stream().anyMatch(other -> other != position)) {
      throw new TensorFileException(
          "%s: the queues stand at different positions, %s: their entries are not of the same sequences, which distillation rests on"
              .formatted(states.file(), positions));
    }
    if (position < 0 || position >= capacity) {
      throw new TensorFileException(
          "%s: the queues stand at position %d, expected 0 to %d"
              .formatted(states.file(), position, capacity - 1));
    }
    return position;
  }

  private long steps() throws IOException {
    long steps = 0;
    for (Modality modality : modalities) {
      for (String encoder : List.of(PublishedNames.query(modality), PublishedNames.key(modality))) {
        String name = encoder + ".input_norm.num_batches_tracked";
        if (states.has(name)) {
          long tracked = states.integer(name);
          if (tracked < 0) {
            throw new TensorFileException(
                "%s: tensor %s is %d, expected a number of steps"
                    .formatted(file.name(), name, tracked));
          }
          steps = Math.max(steps, tracked);
        }
      }
    }
    return steps;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
