package dev.armature.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * An ONNX graph as it grows: nodes must be added after those whose outputs they take. Used by one
 * thread.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">Open Neural Network Exchange
 *     Intermediate Representation</a>
 */
final class OnnxGraph {
  private final GraphProto.Builder graph = GraphProto.newBuilder();

  /**
   * One dimension of an input or output: a size, or a name for one that every run chooses anew.
   * Dimensions of one name have one size within a run.
   */
  record Extent(long size, String name) {
    static Extent of(long size) {
      return new Extent(size, "");
    }

    static Extent chosenByTheRun(String name) {
      return new Extent(0, name);
    }
  }

  OnnxGraph(String name, String description) {
    graph.setName(name).setDocString(description);
  }

  /** Adds an input of floats. */
  void input(String name, String description, Extent... extents) {
    graph.addInput(value(name, description, extents));
  }

  /** Declares a value that a node puts out, floats, as an output of the graph. */
  void output(String name, String description, Extent... extents) {
    graph.addOutput(value(name, description, extents));
  }

  private static ValueInfoProto value(String name, String description, Extent... extents) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Extent extent : extents) {
      if (extent.name().isEmpty()) {
        shape.addDimBuilder().setDimValue(extent.size());
      } else {
        shape.addDimBuilder().setDimParam(extent.name());
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT_VALUE)
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setDocString(description)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /**
   * Adds constant floats.
   *
   * @param values row-major
   * @param extents of the tensor; none for a scalar
   * @return the name
   */
  String constant(String name, float[] values, long... extents) {
    ByteBuffer bytes = littleEndian((long) values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return constant(name, TensorProto.DataType.FLOAT, bytes, extents);
  }

  /**
   * Adds constant 64-bit integers, which is what ONNX takes indices and axes in.
   *
   * @param extents of the tensor; none for a scalar
   * @return the name
   */
  String constant(String name, long[] values, long... extents) {
    ByteBuffer bytes = littleEndian((long) values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return constant(name, TensorProto.DataType.INT64, bytes, extents);
  }

  private static ByteBuffer littleEndian(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(
      String name, TensorProto.DataType type, ByteBuffer bytes, long... extents) {
    TensorProto.Builder tensor =
        graph
            .addInitializerBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    for (long extent : extents) {
      tensor.addDims(extent);
    }
    return name;
  }

  /**
   * Adds a node of one output, whose name becomes the node's own.
   *
   * @param operator of ONNX's default domain
   * @return the output's name
   */
  String node(
      String operator, String output, List<String> inputs, AttributeProto.Builder... attributes) {
    NodeProto.Builder node =
        graph
            .addNodeBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output);
    for (AttributeProto.Builder attribute : attributes) {
      node.addAttribute(attribute);
    }
    return output;
  }

  static AttributeProto.Builder attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value);
  }

  static AttributeProto.Builder attribute(String name, List<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(values);
  }

  static AttributeProto.Builder attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value));
  }

  GraphProto build() {
    return graph.build();
  }
}
