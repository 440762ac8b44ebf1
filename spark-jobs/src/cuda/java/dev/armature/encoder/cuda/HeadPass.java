package dev.armature.encoder.cuda;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.cuda.DeviceStream.Product;

/**
 * The dense layers of one encoder's heads, forward and backward. All calls return before the device
 * is done.
 */
final class HeadPass {
  private final EncoderShape shape;
  private final PackedLayout layout;
  private final DeviceStream stream;
  private final DeviceBuffers buffers;

  HeadPass(EncoderShape shape, PackedLayout layout, DeviceStream stream, DeviceBuffers buffers) {
    this.shape = shape;
    this.layout = layout;
    this.stream = stream;
    this.buffers = buffers;
  }

  /**
   * Embeds representations by one head.
   *
   * @param encoder its parameters
   * @param representation rows × representation
   */
  void embed(DeviceFloats encoder, int head, int rows, DeviceFloats representation) {
    int wide = shape.representation();
    int narrow = shape.embedding();
    DeviceFloats rectified = rectified(head, rows);
    stream.multiply(
        Product.PLAIN,
        rows,
        wide,
        wide,
        representation,
        part(encoder, head, "0.weight"),
        rectified,
        false);
    stream.kernels().addBias(rectified, part(encoder, head, "0.bias"), rows, wide, true);
    DeviceFloats projected = buffers.get("projected", (long) rows * narrow);
    stream.multiply(
        Product.PLAIN,
        rows,
        wide,
        narrow,
        rectified,
        part(encoder, head, "1.weight"),
        projected,
        false);
    stream.kernels().addBias(projected, part(encoder, head, "1.bias"), rows, narrow, false);
    stream.kernels().unitLength(projected, unit(head, rows), lengths(head, rows), rows, narrow);
  }

  /** What a head made of the last representations, rows × embedding. */
  DeviceFloats unit(int head, int rows) {
    return buffers.get("embeddings " + head, (long) rows * shape.embedding());
  }

  private DeviceFloats rectified(int head, int rows) {
    return buffers.get("rectified " + head, (long) rows * shape.representation());
  }

  private DeviceFloats lengths(int head, int rows) {
    return buffers.get("lengths " + head, rows);
  }

  private DeviceFloats part(DeviceFloats encoder, int head, String name) {
    return layout.part(encoder, "head." + head + "." + name);
  }

  /**
   * Gradients of the last embeddings.
   *
   * @param byUnit the loss's gradient by them, rows × embedding
   * @param gradients receives those by the parameters
   * @param byRepresentation receives that by the representations from the first head, to which the
   *     others add theirs
   */
  void backward(
      DeviceFloats encoder,
      int head,
      int rows,
      DeviceFloats representation,
      DeviceFloats byUnit,
      DeviceFloats gradients,
      DeviceFloats byRepresentation) {
    int wide = shape.representation();
    int narrow = shape.embedding();
    Kernels kernels = stream.kernels();
    DeviceFloats byProjected = buffers.get("gradient of projected", (long) rows * narrow);
    kernels.unitBackward(
        byUnit, unit(head, rows), lengths(head, rows), byProjected, rows, narrow);
    DeviceFloats rectified = rectified(head, rows);
    stream.multiply(
        Product.LEFT_TRANSPOSED,
        wide,
        rows,
        narrow,
        rectified,
        byProjected,
        part(gradients, head, "1.weight"),
        false);
    kernels.sumRows(byProjected, part(gradients, head, "1.bias"), rows, narrow);
    DeviceFloats byRectified = buffers.get("gradient of rectified", (long) rows * wide);
    stream.multiply(
        Product.RIGHT_TRANSPOSED,
        rows,
        narrow,
        wide,
        byProjected,
        part(encoder, head, "1.weight"),
        byRectified,
        false);
    kernels.maskUnlessPositive(byRectified, rectified, byRectified.length());
    stream.multiply(
        Product.LEFT_TRANSPOSED,
        wide,
        rows,
        wide,
        representation,
        byRectified,
        part(gradients, head, "0.weight"),
        false);
    kernels.sumRows(byRectified, part(gradients, head, "0.bias"), rows, wide);
    stream.multiply(
        Product.RIGHT_TRANSPOSED,
        rows,
        wide,
        wide,
        byRectified,
        part(encoder, head, "0.weight"),
        byRepresentation,
        head > 0);
  }
}
