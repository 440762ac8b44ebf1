package dev.armature.evaluate;

/** By OpenBLAS, nothing rounded. */
final class FloatProducts implements ScreenProducts {
  private final FloatMatrix queries;
  private final FloatMatrix candidates;
  private final FloatMatrix products;
  private int rows;

  FloatProducts(int queries, int candidates, int columns, int threads) {
    FloatMatrix.useThreads(threads);
    this.queries = new FloatMatrix(queries, columns);
    this.candidates = new FloatMatrix(candidates, columns);
    products = new FloatMatrix(queries, candidates);
  }

  @Override
  public void queries(float[] centred, int count) {
    queries.load(centred, 0, count);
    rows = count;
  }

  @Override
  public void multiply(float[] centred, int count, float[] destination) {
    candidates.load(centred, 0, count);
    products.product(queries, rows, candidates, count);
    products.store(destination, rows);
  }

  @Override
  public void close() {
    queries.close();
    candidates.close();
    products.close();
  }
}
