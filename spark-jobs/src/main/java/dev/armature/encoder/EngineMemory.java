package dev.armature.encoder;

/**
 * What an engine takes of a process's memory when it trains, computed from its sizes alone. It
 * follows what the engine allocates, buffer by buffer; the sizes of oneDNN's own memory are those
 * that oneDNN 3.11 asks for, which its documentation does not tell and a test holds against the
 * library. With {@link EncoderBackend#PLAIN} less is taken.
 *
 * @param shape sizes of every encoder
 * @param modalities number of encoders
 * @param frames of a view
 * @param batch sequences of a step
 * @param ahead sequences whose keys are computed at once, at least {@code batch}
 */
public record EngineMemory(EncoderShape shape, int modalities, int frames, int batch, int ahead) {

  /** Two GRUs a layer, each with a backend of its own. */
  private static final int GRUS = 2;

  /** Query, key, velocity and gradient. */
  private static final int VECTORS = 4;

  /** oneDNN pads rows to a cache line, and by one more where they would collide in the cache. */
  private static final int LINE = 16;

  /** Native bytes of parameters, gradients and momentum. */
  public long parameters() {
    return (long) VECTORS * modalities * new ParameterLayout(shape).size() * Float.BYTES;
  }

  /** Native bytes of what the query encoders keep for the backward pass, oneDNN's part apart. */
  public long activations() {
    return modalities * (sequence(batch, 1) + (long) shape.layers() * layer(batch) + head(batch));
  }

  /** Native bytes of what oneDNN keeps for the backward pass. */
  public long traces() {
    long bytes = 0;
    for (int depth = 0; depth < shape.layers(); depth++) {
      bytes += GRUS * trace(shape.layerInput(depth));
    }
    return modalities * bytes;
  }

  /** oneDNN's workspace of one GRU: gates and states of every frame, and of their gradients. */
  long trace(int input) {
    double perFrame = 8.0 * (shape.hidden() + LINE) + 6.0 * width(input) * (frames + 1) / frames;
    return Math.round(perFrame * frames * batch * Float.BYTES);
  }

  /** Native bytes that all encoders take turns in using. */
  public long scratch() {
    long views = sequence(ahead, 1);
    long keys =
        sequence(ahead, 1) + (long) Math.min(2, shape.layers()) * layer(ahead) + head(ahead);
    long gradients = sequence(batch, 3) + (long) Math.min(4, shape.layers() + 1) * layer(batch);
    return views + keys + gradients + GRUS * pad() + GRUS * reorderedWeights();
  }

  /** oneDNN's scratchpad of one GRU, the larger of the forward and the backward one. */
  long pad() {
    int widest =
        shape.layers() == 1 ? shape.features() : Math.max(shape.features(), 2 * shape.hidden());
    double perFrame = 3.5 * (shape.hidden() + LINE) + 2.0 * width(widest) * (frames + 1) / frames;
    return Math.round(perFrame * frames * ahead * Float.BYTES);
  }

  private long reorderedWeights() {
    int widest = width(shape.layers() == 1 ? shape.features() : 2 * shape.hidden());
    return (long) (widest + shape.hidden() + LINE) * 3 * (shape.hidden() + LINE) * Float.BYTES;
  }

  /** Bytes of heap for normalizing the input: values and normalized values of each encoder. */
  public long heap() {
    return modalities * (sequence(batch, 2) + sequence(ahead, 2));
  }

  private int width(int input) {
    return (Math.max(input, shape.hidden()) + LINE - 1) / LINE * LINE + LINE;
  }

  private long sequence(int sequences, int times) {
    return (long) times * frames * sequences * shape.features() * Float.BYTES;
  }

  private long layer(int sequences) {
    return 2L * frames * sequences * shape.hidden() * Float.BYTES;
  }

  /** Dense layers and their unit length; small beside everything that has frames. */
  private long head(int sequences) {
    long width = shape.representation() + 3L * shape.embedding();
    return sequences * width * shape.heads() * Float.BYTES;
  }
}
