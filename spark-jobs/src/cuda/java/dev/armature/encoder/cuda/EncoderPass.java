package dev.armature.encoder.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.cuda.DeviceGru.Extent;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One encoder over one batch, forward and, where it is kept, backward. The two GRUs of a layer run
 * on two streams. All calls return before the device is done.
 *
 * <p>Of a layer that runs backward in time the input is turned around, and its output stays so
 * until it is joined: a device's GRUs run forward.
 */
final class EncoderPass implements AutoCloseable {
  private final EncoderShape shape;
  private final PackedLayout layout;
  private final GruStack grus;
  private final DeviceStream main;
  private final DeviceStream side;
  private final DeviceBuffers buffers;
  private final RepeatedWork repeated;
  private final HeadPass heads;
  private final boolean retain;
  private final boolean reversed;
  private Extent extent = new Extent(1, 1);

  /**
   * @param main on which the encoder is computed
   * @param side on which its second GRUs are
   * @param recorded whether what comes again with every batch is recorded
   * @param retain whether a backward pass may follow
   * @param owner what it is for, for an error's message
   */
  EncoderPass(
      Device device,
      EncoderShape shape,
      PackedLayout layout,
      GruStack grus,
      DeviceStream main,
      DeviceStream side,
      boolean recorded,
      boolean retain,
      String owner) {
    this.shape = shape;
    this.layout = layout;
    this.grus = grus;
    this.main = main;
    this.side = side;
    this.retain = retain;
    reversed = shape.recurrence() == Recurrence.BIDIRECTIONAL;
    buffers = new DeviceBuffers(device, owner, this::settle);
    repeated = new RepeatedWork(main, buffers, recorded);
    heads = new HeadPass(shape, layout, main, buffers);
  }

  /** A forward pass: all that its launches depend on. */
  private record Forward(DeviceFloats encoder, Extent extent, boolean training, int heads) {}

  /** A backward pass, likewise. */
  private record Backward(DeviceFloats encoder, Extent extent, DeviceFloats gradients) {}

  /**
   * Computes representations in evaluation mode: running statistics, which stay.
   *
   * @param encoder its parameters
   * @param views frames × sequences × features
   * @return sequences × representation
   */
  DeviceFloats represent(DeviceFloats encoder, ViewBatch views, float[] inputs) {
    forward(encoder, views, inputs, false, 0);
    return representation();
  }

  /**
   * Embeds by the first heads.
   *
   * @param training whether statistics are those of the batch, and the running ones move
   * @param count of heads, at least 1
   * @return by head: sequences × embedding
   */
  DeviceFloats[] embed(
      DeviceFloats encoder, ViewBatch views, float[] inputs, boolean training, int count) {
    forward(encoder, views, inputs, training, count);
    DeviceFloats[] embeddings = new DeviceFloats[count];
    for (int head = 0; head < count; head++) {
      embeddings[head] = heads.unit(head, extent.sequences());
    }
    return embeddings;
  }

  private void forward(
      DeviceFloats encoder, ViewBatch views, float[] inputs, boolean training, int count) {
    extent = new Extent(views.frames(), views.sequences());
    main.upload(inputs, 0, views());
    repeated.run(
        new Forward(encoder, extent, training, count),
        () -> {
          DeviceFloats input = normalized(encoder, training);
          for (int layer = 0; layer < shape.layers(); layer++) {
            input = layer(encoder, layer, input);
          }
          for (int head = 0; head < count; head++) {
            heads.embed(encoder, head, extent.sequences(), input);
          }
        });
  }

  private DeviceFloats views() {
    return buffers.get("views", (long) extent.rows() * shape.features());
  }

  private DeviceFloats normalized(DeviceFloats encoder, boolean training) {
    DeviceFloats values = views();
    DeviceFloats weight = layout.part(encoder, "input_norm.weight");
    DeviceFloats bias = layout.part(encoder, "input_norm.bias");
    DeviceFloats mean = layout.part(encoder, "input_norm.running_mean");
    DeviceFloats variance = layout.part(encoder, "input_norm.running_var");
    DeviceFloats result = input(0);
    int rows = extent.rows();
    int features = shape.features();
    if (training) {
      DeviceFloats unit = buffers.get("normalized", values.length());
      main.kernels()
          .normTrain(values, unit, result, rows, features, weight, bias, mean, variance);
    } else {
      main.kernels().normEvaluate(values, result, rows, features, weight, bias, mean, variance);
    }
    return result;
  }

  /** Runs both GRUs of a layer; gives the next one's input, or the representations. */
  private DeviceFloats layer(DeviceFloats encoder, int layer, DeviceFloats input) {
    side.after(main);
    DeviceFloats turned = turned(layer, input);
    forward(encoder, layer, 0, main, input);
    forward(encoder, layer, 1, side, turned);
    main.after(side);
    DeviceFloats first = output(layer, 0);
    DeviceFloats second = output(layer, 1);
    if (layer < shape.layers() - 1) {
      DeviceFloats joined = input(layer + 1);
      main.kernels()
          .join(
              first,
              second,
              joined,
              extent.frames(),
              extent.sequences(),
              shape.hidden(),
              reversed);
      return joined;
    }
    DeviceFloats last = representation();
    main.kernels()
        .join(
            first.part(lastFrame(), frame()),
            second.part(reversed ? 0 : lastFrame(), frame()),
            last,
            1,
            extent.sequences(),
            shape.hidden(),
            false);
    return last;
  }

  private DeviceFloats turned(int layer, DeviceFloats input) {
    if (!reversed) {
      return input;
    }
    DeviceFloats turned = buffers.get(layered("turned input", layer), input.length());
    int width = extent.sequences() * shape.layerInput(layer);
    side.kernels().reverseFrames(input, turned, extent.frames(), width);
    return turned;
  }

  private void forward(
      DeviceFloats encoder, int layer, int which, DeviceStream stream, DeviceFloats input) {
    DeviceGru gru = grus.of(layer);
    DeviceFloats reserve =
        retain ? buffers.get("reserve " + layer + "." + which, gru.reserve(extent)) : null;
    gru.forward(
        stream,
        extent,
        layout.part(encoder, PackedLayout.gruName(layer, which)),
        input,
        output(layer, which),
        work(gru, which, retain),
        reserve);
  }

  private DeviceFloats work(DeviceGru gru, int which, boolean training) {
    return buffers.get("work of GRU " + which, gru.work(extent, training));
  }

  private DeviceFloats input(int layer) {
    return buffers.get(
        layered("input", layer), (long) extent.rows() * shape.layerInput(layer));
  }

  private DeviceFloats output(int layer, int which) {
    String name = retain ? "output " + layer + "." + which : "output " + which;
    return buffers.get(name, (long) extent.rows() * shape.hidden());
  }

  /** What nobody comes back to takes turns with the layer before. */
  private String layered(String name, int layer) {
    return name + " " + (retain ? layer : layer % 2);
  }

  private DeviceFloats representation() {
    return buffers.get(
        "representation", (long) extent.sequences() * shape.representation());
  }

  private long frame() {
    return (long) extent.sequences() * shape.hidden();
  }

  private long lastFrame() {
    return (extent.frames() - 1) * frame();
  }

  /**
   * Computes the gradients of the last batch, of which all heads have embedded.
   *
   * @param encoder its parameters
   * @param embeddings the loss's gradient by the embeddings, heads × sequences × embedding
   * @param gradients receives those by the parameters; statistics apart, where they are
   */
  void backward(DeviceFloats encoder, float[] embeddings, DeviceFloats gradients) {
    DeviceFloats byUnit = buffers.get("gradient of embeddings", embeddings.length);
    main.upload(embeddings, 0, byUnit);
    repeated.run(
        new Backward(encoder, extent, gradients),
        () -> {
          // cuDNN adds to what is there.
          main.zero(gradients);
          DeviceFloats byRepresentation =
              buffers.get("gradient of representation", representation().length());
          long perHead = (long) extent.sequences() * shape.embedding();
          for (int head = 0; head < shape.heads(); head++) {
            heads.backward(
                encoder,
                head,
                extent.sequences(),
                representation(),
                byUnit.part(head * perHead, perHead),
                gradients,
                byRepresentation);
          }
          backwardGrus(encoder, byRepresentation, gradients);
        });
  }

  private void backwardGrus(
      DeviceFloats encoder, DeviceFloats byRepresentation, DeviceFloats gradients) {
    DeviceFloats byFirst = outputGradient(0);
    DeviceFloats bySecond = outputGradient(1);
    main.zero(byFirst);
    main.zero(bySecond);
    main.kernels()
        .split(
            byRepresentation,
            byFirst.part(lastFrame(), frame()),
            bySecond.part(reversed ? 0 : lastFrame(), frame()),
            extent.sequences(),
            shape.hidden());
    for (int layer = shape.layers() - 1; layer >= 0; layer--) {
      side.after(main);
      DeviceFloats input = input(layer);
      DeviceFloats turned =
          reversed ? buffers.get(layered("turned input", layer), input.length()) : input;
      DeviceFloats throughFirst =
          backward(encoder, layer, 0, main, input, byFirst, gradients);
      DeviceFloats throughSecond =
          backward(encoder, layer, 1, side, turned, bySecond, gradients);
      main.after(side);
      if (layer > 0) {
        main.kernels()
            .splitSum(
                throughFirst,
                throughSecond,
                byFirst,
                bySecond,
                extent.frames(),
                extent.sequences(),
                shape.hidden(),
                reversed);
      } else {
        norm(throughFirst, throughSecond, gradients);
      }
    }
  }

  private DeviceFloats outputGradient(int which) {
    return buffers.get("gradient of output " + which, (long) extent.rows() * shape.hidden());
  }

  private DeviceFloats backward(
      DeviceFloats encoder,
      int layer,
      int which,
      DeviceStream stream,
      DeviceFloats input,
      DeviceFloats outputGradient,
      DeviceFloats gradients) {
    DeviceGru gru = grus.of(layer);
    String name = PackedLayout.gruName(layer, which);
    DeviceFloats inputGradient =
        buffers.get("gradient of input, GRU " + which, input.length());
    gru.backward(
        stream,
        extent,
        layout.part(encoder, name),
        input,
        output(layer, which),
        outputGradient,
        work(gru, which, true),
        buffers.get("reserve " + layer + "." + which, gru.reserve(extent)),
        inputGradient,
        layout.part(gradients, name));
    return inputGradient;
  }

  /** What the views' own gradient would be, nobody asks for. */
  private void norm(DeviceFloats byFirst, DeviceFloats bySecond, DeviceFloats gradients) {
    int width = extent.sequences() * shape.features();
    DeviceFloats sum = buffers.get("gradient of normalized", byFirst.length());
    main.kernels().addFrames(byFirst, bySecond, sum, extent.frames(), width, reversed);
    main.kernels()
        .normBackward(
            sum,
            buffers.get("normalized", byFirst.length()),
            extent.rows(),
            shape.features(),
            layout.part(gradients, "input_norm.weight"),
            layout.part(gradients, "input_norm.bias"));
  }

  private void settle() {
    main.synchronize();
    side.synchronize();
  }

  /** Waits for what is under way, which uses the memory. */
  @Override
  public void close() {
    Deque<AutoCloseable> owned = new ArrayDeque<>();
    owned.push(buffers);
    owned.push(repeated);
    owned.push(this::settle);
    Release.all(owned);
  }
}
