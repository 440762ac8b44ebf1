package dev.armature.encoder.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderShape;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The query encoder and the key encoder of one modality on a device, with streams of their own, so
 * that modalities overlap. Calls return before the device is done, unless they bring numbers back.
 */
final class DeviceEncoder implements AutoCloseable {
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final EncoderShape shape;
  private final PackedLayout layout;
  private final DeviceStream main;
  private final Device device;
  private final int number;
  private final DeviceFloats query;
  private final EncoderPass learning;
  private final EncoderPass looking;
  private DeviceFloats key;
  private DeviceFloats velocity;
  private DeviceFloats gradient;

  /**
   * @param recorded whether what comes again with every batch is recorded
   * @param number of the modality, for an error's message
   */
  DeviceEncoder(
      Device device,
      EncoderShape shape,
      PackedLayout layout,
      GruStack grus,
      boolean recorded,
      int number) {
    this.device = device;
    this.shape = shape;
    this.layout = layout;
    this.number = number;
    try {
      main = own(device.newStream());
      DeviceStream side = own(device.newStream());
      query = vector("parameters of query encoder ");
      learning = own(pass(grus, side, recorded, true, "query encoder "));
      looking = own(pass(grus, side, recorded, false, "key encoder "));
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
  }

  private EncoderPass pass(
      GruStack grus, DeviceStream side, boolean recorded, boolean retain, String owner) {
    return new EncoderPass(
        device, shape, layout, grus, main, side, recorded, retain, owner + number);
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  private DeviceFloats vector(String purpose) {
    DeviceMemory memory = device.allocate(layout.size(), purpose + number);
    // Below the passes, which wait for what uses it before they are closed.
    owned.addLast(memory);
    return new DeviceFloats(memory, 0, layout.size());
  }

  /** The queue in which all of its work is ordered. */
  DeviceStream stream() {
    return main;
  }

  DeviceFloats query() {
    return query;
  }

  /** Of what training alone needs, there is none before it is asked for. */
  DeviceFloats key() {
    if (key == null) {
      key = vector("parameters of key encoder ");
    }
    return key;
  }

  DeviceFloats velocity() {
    if (velocity == null) {
      velocity = vector("momentum of query encoder ");
    }
    return velocity;
  }

  DeviceFloats gradient() {
    if (gradient == null) {
      gradient = vector("gradients of query encoder ");
    }
    return gradient;
  }

  /** Embeds by the query encoder in training mode, and keeps what {@link #backward} needs. */
  DeviceFloats[] embedQueries(ViewBatch views, float[] inputs) {
    return learning.embed(query, views, inputs, true, shape.heads());
  }

  /** Embeds by the key encoder in training mode. */
  DeviceFloats[] embedKeys(ViewBatch views, float[] inputs) {
    return looking.embed(key(), views, inputs, true, shape.heads());
  }

  /** Gradients of the last {@link #embedQueries}. */
  void backward(float[] embeddings) {
    learning.backward(query, embeddings, gradient());
  }

  /** Representations by the query encoder in evaluation mode. */
  DeviceFloats represent(ViewBatch views, float[] inputs) {
    return looking.represent(query, views, inputs);
  }

  /** Embeddings by the query encoder's first head in evaluation mode. */
  DeviceFloats embed(ViewBatch views, float[] inputs) {
    return looking.embed(query, views, inputs, false, 1)[0];
  }

  /** One step of descent; statistics stay. */
  void update(float learningRate, float momentum, float weightDecay) {
    long length = layout.trainable();
    main.kernels()
        .descend(
            query.part(0, length),
            velocity().part(0, length),
            gradient().part(0, length),
            learningRate,
            momentum,
            weightDecay);
  }

  /** Moves the key encoder towards the query encoder; statistics stay. */
  void movingAverage(double keyMomentum) {
    long length = layout.trainable();
    main.kernels()
        .average(
            key().part(0, length),
            query.part(0, length),
            (float) keyMomentum,
            (float) (1 - keyMomentum));
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
