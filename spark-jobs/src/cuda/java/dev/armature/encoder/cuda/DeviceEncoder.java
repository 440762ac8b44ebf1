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
  private final DeviceFloats query;
  private final DeviceFloats key;
  private final DeviceFloats velocity;
  private final DeviceFloats gradient;
  private final EncoderPass learning;
  private final EncoderPass looking;

  DeviceEncoder(Device device, EncoderShape shape, PackedLayout layout, GruStack grus, int number) {
    this.shape = shape;
    this.layout = layout;
    try {
      main = own(device.newStream());
      DeviceStream side = own(device.newStream());
      query = vector(device, "parameters of query encoder " + number);
      key = vector(device, "parameters of key encoder " + number);
      velocity = vector(device, "momentum of query encoder " + number);
      gradient = vector(device, "gradients of query encoder " + number);
      String queryName = "query encoder " + number;
      String keyName = "key encoder " + number;
      learning = own(new EncoderPass(device, shape, layout, grus, main, side, true, queryName));
      looking = own(new EncoderPass(device, shape, layout, grus, main, side, false, keyName));
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  private DeviceFloats vector(Device device, String purpose) {
    return new DeviceFloats(own(device.allocate(layout.size(), purpose)), 0, layout.size());
  }

  /** The queue in which all of its work is ordered. */
  DeviceStream stream() {
    return main;
  }

  DeviceFloats query() {
    return query;
  }

  DeviceFloats key() {
    return key;
  }

  DeviceFloats velocity() {
    return velocity;
  }

  DeviceFloats gradient() {
    return gradient;
  }

  /** Embeds by the query encoder in training mode, and keeps what {@link #backward} needs. */
  DeviceFloats[] embedQueries(ViewBatch views, float[] inputs) {
    return embed(learning, query, views, inputs, true);
  }

  /** Embeds by the key encoder in training mode. */
  DeviceFloats[] embedKeys(ViewBatch views, float[] inputs) {
    return embed(looking, key, views, inputs, true);
  }

  private DeviceFloats[] embed(
      EncoderPass pass,
      DeviceFloats encoder,
      ViewBatch views,
      float[] inputs,
      boolean training) {
    pass.represent(encoder, views, inputs, training);
    DeviceFloats[] embeddings = new DeviceFloats[shape.heads()];
    for (int head = 0; head < embeddings.length; head++) {
      embeddings[head] = pass.embed(encoder, head);
    }
    return embeddings;
  }

  /** Gradients of the last {@link #embedQueries}. */
  void backward(float[] embeddings) {
    learning.backward(query, embeddings, gradient);
  }

  /** Representations by the query encoder in evaluation mode. */
  DeviceFloats represent(ViewBatch views, float[] inputs) {
    return looking.represent(query, views, inputs, false);
  }

  /** Embeddings by the query encoder's first head in evaluation mode. */
  DeviceFloats embed(ViewBatch views, float[] inputs) {
    looking.represent(query, views, inputs, false);
    return looking.embed(query, 0);
  }

  /** One step of descent; statistics stay. */
  void update(float learningRate, float momentum, float weightDecay) {
    long length = layout.trainable();
    main.kernels()
        .descend(
            query.part(0, length),
            velocity.part(0, length),
            gradient.part(0, length),
            learningRate,
            momentum,
            weightDecay);
  }

  /** Moves the key encoder towards the query encoder; statistics stay. */
  void movingAverage(double keyMomentum) {
    long length = layout.trainable();
    main.kernels()
        .average(
            key.part(0, length),
            query.part(0, length),
            (float) keyMomentum,
            (float) (1 - keyMomentum));
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
