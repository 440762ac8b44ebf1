package dev.armature.encoder.cuda;

import dev.armature.encoder.ArrayMemory;
import dev.armature.encoder.BufferPool;
import dev.armature.encoder.GruBackend;
import dev.armature.encoder.GruShape;
import dev.armature.encoder.GruTrace;
import dev.armature.encoder.GruWeights;
import dev.armature.encoder.cuda.DeviceArrays.Loan;
import dev.armature.encoder.cuda.DeviceGru.Extent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * GRUs of ND4J's arrays by a device's library, on a stream of its own: every call waits for ND4J
 * before, and for the stream after. A device's GRUs run forward in time; for one that runs backward
 * the frames are turned around there and back.
 */
final class DeviceGruBackend implements GruBackend {
  private record Size(int input, int hidden) {}

  private final Device device;
  private final DeviceArrays arrays;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final DeviceStream stream;
  private final DeviceBuffers work;
  private final BufferPool scratch = new BufferPool();
  private final Map<Size, DeviceGru> grus = new HashMap<>();

  /** The states, which in ND4J's array lie beside those of the other GRU, and the library's own. */
  private static final class Trace implements GruTrace {
    private final BufferPool kept = new BufferPool();
    private final DeviceBuffers reserve;

    Trace(DeviceBuffers reserve) {
      this.reserve = reserve;
    }

    @Override
    public void close() {
      kept.close();
      reserve.close();
    }
  }

  /**
   * @param device the backend's own from now on
   * @param name for an error's message
   */
  DeviceGruBackend(Device device, DeviceArrays arrays, String name) {
    this.device = device;
    this.arrays = arrays;
    owned.push(device);
    try {
      device.enter();
      stream = device.newStream();
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
    owned.push(stream);
    work = new DeviceBuffers(device, name, stream::synchronize);
    owned.push(work);
    owned.push(scratch);
  }

  /** Reads and writes arrays for as long as this backend is open. */
  ArrayMemory memory() {
    return new DeviceArrayMemory(arrays, stream);
  }

  @Override
  public GruTrace newTrace(GruShape shape) {
    return new Trace(
        new DeviceBuffers(device, "what a GRU keeps for its gradient", stream::synchronize));
  }

  private DeviceGru gru(GruShape shape) {
    return grus.computeIfAbsent(
        new Size(shape.input(), shape.hidden()),
        size -> {
          DeviceGru made = device.newGru(size.input(), size.hidden());
          owned.push(made);
          return made;
        });
  }

  @Override
  public void forward(
      GruShape shape, GruWeights weights, INDArray input, INDArray output, GruTrace trace) {
    device.enter();
    DeviceGru gru = gru(shape);
    Extent extent = new Extent(shape.frames(), shape.sequences());
    INDArray packed = packed(gru, shape, weights);
    BufferPool lasting = trace == null ? scratch : ((Trace) trace).kept;
    INDArray states = lasting.get("states", shape.frames(), shape.sequences(), shape.hidden());
    INDArray turnedInput = lasting.get(turned("input", shape), turned(shape, shape.input()));
    INDArray turnedStates = scratch.get(turned("states", shape), turned(shape, shape.hidden()));
    DeviceFloats reserve =
        trace == null ? null : ((Trace) trace).reserve.get("reserve", gru.reserve(extent));
    try (Loan lent = arrays.lend(packed, input, states, turnedInput, turnedStates)) {
      DeviceFloats in = shape.backwards() ? lent.at(3) : lent.at(1);
      if (shape.backwards()) {
        turn(lent.at(1), in, shape.frames());
      }
      gru.forward(
          stream, extent, lent.at(0), in, lent.at(2), work(gru, extent, trace != null), reserve);
      if (shape.backwards()) {
        turn(lent.at(2), lent.at(4), shape.frames());
      }
      stream.synchronize();
    }
    output.assign(shape.backwards() ? turnedStates : states);
  }

  @Override
  public void backward(
      GruShape shape,
      GruWeights weights,
      INDArray input,
      INDArray output,
      INDArray outputGradient,
      GruTrace trace,
      INDArray inputGradient,
      GruWeights gradients) {
    device.enter();
    DeviceGru gru = gru(shape);
    Extent extent = new Extent(shape.frames(), shape.sequences());
    Trace kept = (Trace) trace;
    INDArray packed = packed(gru, shape, weights);
    INDArray packedGradients = scratch.get(named("gradients", shape), gru.space().length());
    INDArray byStates =
        scratch.get("gradient of states", shape.frames(), shape.sequences(), shape.hidden());
    byStates.assign(outputGradient);
    INDArray states = kept.kept.get("states", byStates.shape());
    INDArray turnedInput =
        kept.kept.get(turned("input", shape), turned(shape, shape.input()));
    INDArray turnedByStates = scratch.get(turned("states", shape), turned(shape, shape.hidden()));
    INDArray turnedByInput =
        scratch.get(turned("gradient", shape), turned(shape, shape.input()));
    DeviceFloats reserve = kept.reserve.get("reserve", gru.reserve(extent));
    INDArray in = shape.backwards() ? turnedInput : input;
    try (Loan lent =
        arrays.lend(
            packed,
            packedGradients,
            in,
            states,
            byStates,
            turnedByStates,
            inputGradient,
            turnedByInput)) {
      stream.zero(lent.at(1));
      if (shape.backwards()) {
        turn(lent.at(4), lent.at(5), shape.frames());
      }
      gru.backward(
          stream,
          extent,
          lent.at(0),
          lent.at(2),
          lent.at(3),
          shape.backwards() ? lent.at(5) : lent.at(4),
          work(gru, extent, true),
          reserve,
          shape.backwards() ? lent.at(7) : lent.at(6),
          lent.at(1));
      if (shape.backwards()) {
        turn(lent.at(7), lent.at(6), shape.frames());
      }
      stream.synchronize();
    }
    new ArrayGruSpace(gru.space(), shape.input(), shape.hidden())
        .unpack(packedGradients, gradients);
  }

  private INDArray packed(DeviceGru gru, GruShape shape, GruWeights weights) {
    // Zero where the library leaves room between tensors.
    INDArray packed = scratch.zeros(named("weights", shape), gru.space().length());
    new ArrayGruSpace(gru.space(), shape.input(), shape.hidden()).pack(weights, packed);
    return packed;
  }

  /** Layers of one input width share buffers. */
  private static String named(String what, GruShape shape) {
    return "%s of %d".formatted(what, shape.input());
  }

  private static String turned(String what, GruShape shape) {
    return named((shape.backwards() ? "turned " : "unturned ") + what, shape);
  }

  /** Of one number where nothing is turned. */
  private static long[] turned(GruShape shape, int width) {
    return shape.backwards()
        ? new long[] {shape.frames(), shape.sequences(), width}
        : new long[] {1};
  }

  private void turn(DeviceFloats source, DeviceFloats target, int frames) {
    int width = Math.toIntExact(source.length() / frames);
    stream.kernels().reverseFrames(source, target, frames, width);
  }

  private DeviceFloats work(DeviceGru gru, Extent extent, boolean training) {
    return work.get("work", gru.work(extent, training));
  }

  @Override
  public void close() {
    if (!owned.isEmpty()) {
      // After a failure of the device this fails as well, and the rest is freed nevertheless.
      owned.push(device::enter);
      Release.all(owned);
    }
  }
}
