package dev.armature.evaluate;

import dev.armature.round.Bfloat16;

/** Products of numbers rounded to bfloat16 and summed as floats, on any processor. */
final class RoundedProducts implements ScreenProducts {
  private final int candidates;
  private final int columns;
  private float[] queries;
  private int rows;

  RoundedProducts(int candidates, int columns) {
    this.candidates = candidates;
    this.columns = columns;
  }

  @Override
  public void queries(float[] centred, int count) {
    queries = rounded(centred, count);
    rows = count;
  }

  @Override
  public void multiply(float[] centred, int count, float[] products) {
    float[] right = rounded(centred, count);
    for (int query = 0; query < rows; query++) {
      for (int candidate = 0; candidate < count; candidate++) {
        float sum = 0;
        for (int column = 0; column < columns; column++) {
          sum += queries[query * columns + column] * right[candidate * columns + column];
        }
        products[query * candidates + candidate] = sum;
      }
    }
  }

  private float[] rounded(float[] centred, int count) {
    float[] rounded = new float[count * columns];
    for (int place = 0; place < rounded.length; place++) {
      rounded[place] = Bfloat16.value(Bfloat16.of(centred[place]));
    }
    return rounded;
  }

  @Override
  public void close() {}
}
