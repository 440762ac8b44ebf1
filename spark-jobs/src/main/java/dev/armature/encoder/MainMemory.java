package dev.armature.encoder;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays in main memory, by their addresses: without the cost of ND4J's operations. */
final class MainMemory implements ArrayMemory {
  private final Lanes lanes;

  MainMemory(Lanes lanes) {
    this.lanes = lanes;
  }

  @Override
  public void write(float[] source, int start, int length, INDArray array) {
    NativeFloats.pointer(array).put(source, start, length);
  }

  @Override
  public void read(INDArray array, float[] destination, int start, int length) {
    NativeFloats.pointer(array).get(destination, start, length);
  }

  @Override
  public void add(INDArray sum, INDArray part) {
    VectorArithmetic.add(
        lanes, NativeFloats.pointer(sum), NativeFloats.pointer(part), sum.length());
  }

  @Override
  public void writeLast(INDArray frames, INDArray last) {
    FloatPointer end = NativeFloats.pointer(frames).position(frames.length() - last.length());
    end.put(NativeFloats.pointer(last).limit(last.length()));
  }

  @Override
  public void descend(
      INDArray parameters,
      INDArray velocity,
      INDArray gradient,
      long start,
      long end,
      float learningRate,
      float momentum,
      float weightDecay) {
    VectorArithmetic.descend(
        lanes,
        NativeFloats.pointer(parameters),
        NativeFloats.pointer(velocity),
        NativeFloats.pointer(gradient),
        start,
        end,
        learningRate,
        momentum,
        weightDecay);
  }

  @Override
  public void average(INDArray key, INDArray query, long start, long end, double keyMomentum) {
    VectorArithmetic.average(
        lanes, NativeFloats.pointer(key), NativeFloats.pointer(query), start, end, keyMomentum);
  }
}
