package dev.armature.encoder.cuda;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.ParameterLayout.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an encoder's parameters lie in a device's memory: each GRU as its library wants it, dense
 * tensors as in {@link ParameterLayout}, everything at a multiple of {@value #ALIGNMENT} floats, and
 * the statistics, which no gradient touches, behind the rest. Updates and averages take one number
 * like the other, so that they need not know of it; only what comes and goes is rearranged.
 */
final class PackedLayout {
  /** 256 bytes, to which the memory of a GPU is aligned as well. */
  private static final int ALIGNMENT = 64;

  /** Our order of a GRU's gates (update, reset, candidate) in places of {@link GruSpace#gates}. */
  private static final int[] PLACES = {1, 0, 2};

  /**
   * A matrix and its transposed copy; with one row, a plain stretch.
   *
   * @param flat offset in the flat vector
   * @param stride numbers between two rows in the flat vector
   * @param rows in the flat vector
   * @param columns in the flat vector
   * @param packed offset on the device, where it is columns × rows
   */
  record Block(long flat, int stride, int rows, int columns, long packed) {}

  private final List<Block> blocks = new ArrayList<>();
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final Map<String, Long> lengths = new LinkedHashMap<>();
  private final long trainable;
  private final int flatSize;
  private long size;

  /**
   * @param spaces of the GRUs of each layer; both GRUs of a layer have the same sizes
   * @throws IllegalArgumentException if a space has no room for the parameters
   */
  PackedLayout(EncoderShape shape, List<GruSpace> spaces) {
    ParameterLayout layout = new ParameterLayout(shape);
    flatSize = layout.size();
    for (int layer = 0; layer < shape.layers(); layer++) {
      GruSpace space = spaces.get(layer);
      space.require(shape.layerInput(layer), shape.hidden());
      for (int gru = 0; gru < 2; gru++) {
        gru(layout, gruName(layer, gru), space, place(gruName(layer, gru), space.length()));
      }
    }
    layout.tensors().stream()
        .filter(tensor -> !tensor.name().startsWith("gru.") && !tensor.statistic())
        .forEach(this::dense);
    trainable = size;
    layout.tensors().stream().filter(Tensor::statistic).forEach(this::dense);
  }

  /** Name of a GRU's parameters, as in {@link ParameterLayout}. */
  static String gruName(int layer, int gru) {
    return "gru.%d.%s".formatted(layer, gru == 0 ? "forward" : "second");
  }

  private void gru(ParameterLayout layout, String name, GruSpace space, long start) {
    Tensor input = layout.tensor(name + ".weight_input");
    Tensor hidden = layout.tensor(name + ".weight_hidden");
    Tensor inputBias = layout.tensor(name + ".bias_input");
    Tensor hiddenBias = layout.tensor(name + ".bias_hidden");
    int width = hidden.shape().get(0);
    for (int gate = 0; gate < GruSpace.GATES; gate++) {
      GruSpace.Gate place = space.gates().get(PLACES[gate]);
      int column = gate * width;
      matrix(input, column, width, start + place.inputWeight());
      matrix(hidden, column, width, start + place.hiddenWeight());
      blocks.add(stretch(inputBias.offset() + column, width, start + place.inputBias()));
      blocks.add(stretch(hiddenBias.offset() + column, width, start + place.hiddenBias()));
    }
  }

  private void matrix(Tensor tensor, int column, int width, long packed) {
    int rows = tensor.shape().get(0);
    int stride = tensor.shape().get(1);
    blocks.add(new Block((long) tensor.offset() + column, stride, rows, width, packed));
  }

  private void dense(Tensor tensor) {
    long start = place(tensor.name(), tensor.length());
    blocks.add(stretch(tensor.offset(), tensor.length(), start));
  }

  private static Block stretch(long flat, int length, long packed) {
    return new Block(flat, length, 1, length, packed);
  }

  private long place(String name, long length) {
    long start = size;
    offsets.put(name, start);
    lengths.put(name, length);
    size = (size + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return start;
  }

  /** Floats of an encoder on the device. */
  long size() {
    return size;
  }

  /** Floats from the start that gradients and updates go over. */
  long trainable() {
    return trainable;
  }

  /** Floats of an encoder's flat vector. */
  int flatSize() {
    return flatSize;
  }

  /** All of it. */
  List<Block> blocks() {
    return List.copyOf(blocks);
  }

  /**
   * A tensor, or the parameters of a GRU, in an encoder on the device.
   *
   * @param name as in {@link ParameterLayout}, or {@link #gruName}
   */
  DeviceFloats part(DeviceFloats encoder, String name) {
    Long offset = offsets.get(name);
    if (offset == null) {
      throw new IllegalArgumentException(
          "no parameters are named %s; there are %s".formatted(name, offsets.keySet()));
    }
    return encoder.part(offset, lengths.get(name));
  }

  /** Rearranges a flat vector, which is on the device. */
  void pack(DeviceStream stream, DeviceFloats flat, DeviceFloats packed) {
    for (Block block : blocks) {
      DeviceFloats target = packed.part(block.packed(), (long) block.rows() * block.columns());
      DeviceFloats source = flat.part(block.flat(), extent(block));
      if (block.rows() == 1) {
        stream.copy(source, target);
      } else {
        stream.kernels().pack(source, block.stride(), target, block.rows(), block.columns());
      }
    }
  }

  /** What {@link #pack} did, undone. */
  void unpack(DeviceStream stream, DeviceFloats packed, DeviceFloats flat) {
    for (Block block : blocks) {
      DeviceFloats source = packed.part(block.packed(), (long) block.rows() * block.columns());
      DeviceFloats target = flat.part(block.flat(), extent(block));
      if (block.rows() == 1) {
        stream.copy(source, target);
      } else {
        stream.kernels().unpack(source, target, block.stride(), block.rows(), block.columns());
      }
    }
  }

  private static long extent(Block block) {
    return (block.rows() - 1L) * block.stride() + block.columns();
  }
}
