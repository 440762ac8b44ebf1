package dev.armature.encoder.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.DeviceMeter;
import dev.armature.encoder.EngineArguments;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Encoders that stay on a device: parameters, momentum, gradients and activations are in its
 * memory, and what crosses the bus in a step are views, embeddings and their gradients. Parameters
 * cross it when they are set or read, and are rearranged there.
 *
 * <p>Each modality has streams of its own, so that the device computes several at once. {@link
 * dev.armature.encoder.DeviceEngineMemory} counts what is taken here, by {@link DeviceEncoder} and
 * by {@link EncoderPass}: whoever changes one changes the other.
 */
final class CudaEngine implements EncoderEngine {
  /** Side of matrices at which a GPU of today reaches what it can do; three are 800 MB. */
  private static final int MEASURED_SIDE = 8192;

  /** Floats of a copy that no cache holds. */
  private static final long MEASURED_COPY = 1L << 26;

  private final Device device;
  private final EncoderShape shape;
  private final EngineArguments arguments;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final PackedLayout layout;
  private final List<DeviceEncoder> encoders = new ArrayList<>();
  private final DeviceFloats flat;
  private int retainedSequences;
  private boolean closed;

  /**
   * @param device the engine's own from now on
   * @param modalities number of modalities, at least 1
   * @param recorded whether launches that come again with every batch of a size are recorded
   */
  CudaEngine(Device device, EncoderShape shape, int modalities, boolean recorded) {
    this.device = device;
    this.shape = shape;
    owned.push(device);
    try {
      arguments = new EngineArguments(shape, modalities);
      device.enter();
      GruStack grus = new GruStack(device, shape);
      owned.push(grus);
      layout = new PackedLayout(shape, grus.spaces());
      DeviceMemory memory = device.allocate(layout.flatSize(), "parameters on their way");
      owned.push(memory);
      flat = new DeviceFloats(memory, 0, layout.flatSize());
      for (int modality = 0; modality < modalities; modality++) {
        DeviceEncoder encoder = new DeviceEncoder(device, shape, layout, grus, recorded, modality);
        owned.push(encoder);
        encoders.add(encoder);
      }
    } catch (RuntimeException | Error failure) {
      closed = true;
      Release.after(failure, owned);
      throw failure;
    }
  }

  @Override
  public EncoderShape shape() {
    return shape;
  }

  @Override
  public int modalities() {
    return encoders.size();
  }

  @Override
  public void setParameters(Branch branch, int modality, float[] parameters) {
    DeviceEncoder encoder = encoder(modality);
    write(parameters, encoder, branch == Branch.QUERY ? encoder.query() : encoder.key());
  }

  @Override
  public void readParameters(Branch branch, int modality, float[] destination) {
    DeviceEncoder encoder = encoder(modality);
    read(encoder, branch == Branch.QUERY ? encoder.query() : encoder.key(), destination);
  }

  @Override
  public void setVelocity(int modality, float[] velocity) {
    DeviceEncoder encoder = encoder(modality);
    write(velocity, encoder, encoder.velocity());
  }

  @Override
  public void readVelocity(int modality, float[] destination) {
    DeviceEncoder encoder = encoder(modality);
    read(encoder, encoder.velocity(), destination);
  }

  @Override
  public void readGradients(int modality, float[] destination) {
    DeviceEncoder encoder = encoder(modality);
    read(encoder, encoder.gradient(), destination);
  }

  private DeviceEncoder encoder(int modality) {
    enter();
    return encoders.get(modality);
  }

  private void enter() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    device.enter();
  }

  private void write(float[] source, DeviceEncoder encoder, DeviceFloats vector) {
    arguments.requireVector(source, layout.flatSize());
    DeviceStream stream = encoder.stream();
    stream.upload(source, 0, flat);
    layout.pack(stream, flat, vector);
    // All encoders' vectors go by way of the same memory.
    stream.synchronize();
  }

  private void read(DeviceEncoder encoder, DeviceFloats vector, float[] destination) {
    arguments.requireVector(destination, layout.flatSize());
    DeviceStream stream = encoder.stream();
    layout.unpack(stream, vector, flat);
    stream.download(flat, destination, 0);
  }

  @Override
  public float[][] embedQueries(ViewBatch views) {
    check(views);
    // Until all of it is there, there is nothing to go back from.
    retainedSequences = 0;
    float[][] embeddings =
        gather(
            views,
            modality ->
                encoders.get(modality).embedQueries(views, views.inputs()[modality]));
    retainedSequences = views.sequences();
    return embeddings;
  }

  @Override
  public float[][] embedKeys(ViewBatch views) {
    check(views);
    return gather(
        views, modality -> encoders.get(modality).embedKeys(views, views.inputs()[modality]));
  }

  /** Starts the work of one modality; its embeddings by head. */
  private interface Work {
    DeviceFloats[] start(int modality);
  }

  /** Starts the work of all modalities before it waits for the first. */
  private float[][] gather(ViewBatch views, Work work) {
    List<DeviceFloats[]> started = new ArrayList<>();
    for (int modality = 0; modality < encoders.size(); modality++) {
      started.add(work.start(modality));
    }
    int perHead = views.sequences() * shape.embedding();
    float[][] embeddings = new float[encoders.size()][shape.heads() * perHead];
    for (int modality = 0; modality < encoders.size(); modality++) {
      DeviceStream stream = encoders.get(modality).stream();
      for (int head = 0; head < shape.heads(); head++) {
        stream.download(started.get(modality)[head], embeddings[modality], head * perHead);
      }
    }
    return embeddings;
  }

  private void check(ViewBatch views) {
    enter();
    arguments.require(views);
  }

  @Override
  public void backward(float[][] gradients) {
    enter();
    arguments.requireGradients(gradients, retainedSequences);
    for (int modality = 0; modality < encoders.size(); modality++) {
      encoders.get(modality).backward(gradients[modality]);
    }
    retainedSequences = 0;
  }

  @Override
  public void update(float learningRate, float momentum, float weightDecay) {
    enter();
    encoders.forEach(encoder -> encoder.update(learningRate, momentum, weightDecay));
  }

  @Override
  public void movingAverage(double keyMomentum) {
    enter();
    encoders.forEach(encoder -> encoder.movingAverage(keyMomentum));
  }

  @Override
  public float[] represent(int modality, ViewBatch views) {
    check(views);
    DeviceEncoder encoder = encoders.get(modality);
    return download(encoder, encoder.represent(views, views.inputs()[modality]));
  }

  @Override
  public float[] embed(int modality, ViewBatch views) {
    check(views);
    DeviceEncoder encoder = encoders.get(modality);
    return download(encoder, encoder.embed(views, views.inputs()[modality]));
  }

  private static float[] download(DeviceEncoder encoder, DeviceFloats values) {
    float[] result = new float[Math.toIntExact(values.length())];
    encoder.stream().download(values, result, 0);
    return result;
  }

  @Override
  public Optional<DeviceMeter> meter() {
    enter();
    List<DeviceStream> streams = encoders.stream().map(DeviceEncoder::stream).toList();
    return Optional.of(new EngineMeter(device, streams, MEASURED_SIDE, MEASURED_COPY));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    // After a failure of the device this fails as well, and what can be freed is freed nevertheless.
    owned.push(device::enter);
    Release.all(owned);
  }
}
