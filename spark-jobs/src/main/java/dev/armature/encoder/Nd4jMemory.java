package dev.armature.encoder;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays wherever ND4J keeps them, by its operations alone. */
final class Nd4jMemory implements ArrayMemory {

  @Override
  public void write(float[] source, int start, int length, INDArray array) {
    float[] numbers =
        start == 0 && length == source.length
            ? source
            : Arrays.copyOfRange(source, start, start + length);
    try (INDArray given = Nd4j.createFromArray(numbers)) {
      flat(array, length).assign(given);
    }
  }

  @Override
  public void read(INDArray array, float[] destination, int start, int length) {
    // A copy of its own: a view's buffer may begin before it.
    try (INDArray dense = flat(array, length).dup('c')) {
      System.arraycopy(dense.data().asFloat(), 0, destination, start, length);
    }
  }

  private static INDArray flat(INDArray array, int length) {
    INDArray flat = array.reshape('c', false, array.length());
    return length == array.length() ? flat : flat.get(interval(0, length));
  }

  @Override
  public void add(INDArray sum, INDArray part) {
    sum.addi(part);
  }

  @Override
  public void writeLast(INDArray frames, INDArray last) {
    frames.slice(frames.size(0) - 1).assign(last);
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
    INDArray moved = part(parameters, start, end);
    INDArray moving = part(velocity, start, end);
    try (INDArray decay = moved.mul(weightDecay)) {
      moving.muli(momentum).addi(part(gradient, start, end)).addi(decay);
    }
    try (INDArray step = moving.mul(learningRate)) {
      moved.subi(step);
    }
  }

  @Override
  public void average(INDArray key, INDArray query, long start, long end, double keyMomentum) {
    try (INDArray taken = part(query, start, end).mul((float) (1 - keyMomentum))) {
      part(key, start, end).muli((float) keyMomentum).addi(taken);
    }
  }

  /** Of a vector of one row. */
  private static INDArray part(INDArray vector, long start, long end) {
    return vector.get(all(), interval(start, end));
  }
}
