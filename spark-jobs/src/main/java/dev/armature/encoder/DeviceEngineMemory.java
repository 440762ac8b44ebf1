package dev.armature.encoder;

/**
 * What an engine takes of a GPU's memory when it trains, and of main memory on the way there,
 * computed from its sizes alone. It follows {@code CudaEngine}, {@code DeviceEncoder} and {@code
 * EncoderPass} of {@code dev.armature.encoder.cuda} buffer by buffer, and a test holds it against
 * what these ask for: whoever changes one changes the other. What cuDNN asks for can only be asked
 * on a GPU, and has an allowance here.
 *
 * @param shape sizes of every encoder
 * @param modalities number of encoders
 * @param frames of a view
 * @param batch sequences of a step
 * @param ahead sequences whose keys are computed at once, at least {@code batch}
 * @param precision of the matrix products
 */
public record DeviceEngineMemory(
    EncoderShape shape, int modalities, int frames, int batch, int ahead, GpuPrecision precision) {

  /** Query, key, velocity and gradient. */
  private static final int VECTORS = 4;

  /** Two GRUs a layer. */
  private static final int GRUS = 2;

  /**
   * Floats that cuDNN keeps of each unit, frame and sequence for the backward pass, and that it
   * scribbles on beside its own copy of the weights. Allowances: there are three gates, what the
   * candidate took of the state, the state, and room for one more.
   */
  private static final int STATES = 6;

  /**
   * Bytes of the GPU that a process takes with CUDA's context, the code of the libraries and their
   * handles. An allowance.
   */
  public static final long CONTEXT = 800L << 20;

  /**
   * Bytes of main memory that a process takes with the driver and the libraries, and the driver for
   * each GPU beside. An allowance.
   */
  public static final long DRIVER = 1L << 30;

  /** Bytes of the GPU for parameters, gradients, momentum, and one vector on its way. */
  public long parameters() {
    return (1L + (long) VECTORS * modalities) * new ParameterLayout(shape).size() * Float.BYTES;
  }

  /** Bytes of the GPU for what query and key encoders compute, cuDNN's part apart. */
  public long activations() {
    long query = retained() + head(batch) + gradients();
    long key = passing(ahead) + head(ahead);
    return modalities * (query + key) * Float.BYTES;
  }

  /** Floats that a query encoder keeps for the backward pass. */
  private long retained() {
    long floats = 2L * rows(batch) * shape.features();
    for (int layer = 0; layer < shape.layers(); layer++) {
      floats += inputs() * rows(batch) * shape.layerInput(layer);
    }
    return floats + (long) GRUS * shape.layers() * rows(batch) * shape.hidden();
  }

  /** The same of a key encoder, whose layers take turns. */
  private long passing(int sequences) {
    long widest = 0;
    for (int turn = 0; turn < Math.min(2, shape.layers()); turn++) {
      int width = 0;
      for (int layer = turn; layer < shape.layers(); layer += 2) {
        width = Math.max(width, shape.layerInput(layer));
      }
      widest += width;
    }
    return rows(sequences)
        * (2L * shape.features() + inputs() * widest + (long) GRUS * shape.hidden());
  }

  /** Copies of a layer's input: that of a GRU that runs backward is turned around. */
  private long inputs() {
    return shape.recurrence() == Recurrence.BIDIRECTIONAL ? 2 : 1;
  }

  private long head(int sequences) {
    long width = shape.representation() + (long) shape.embedding();
    return sequences * (width + shape.heads() * (width + 1));
  }

  /** Floats of a backward pass. */
  private long gradients() {
    long dense = batch * (2L * shape.representation() + (1L + shape.heads()) * shape.embedding());
    long outputs = (long) GRUS * rows(batch) * shape.hidden();
    return dense + outputs + rows(batch) * ((long) GRUS * widest() + shape.features());
  }

  private long rows(int sequences) {
    return (long) frames * sequences;
  }

  private int widest() {
    int widest = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      widest = Math.max(widest, shape.layerInput(layer));
    }
    return widest;
  }

  /** Bytes of the GPU for cuDNN: allowances, and with bfloat16 the copies that it is given. */
  public long recurrent() {
    long kept = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      kept += GRUS * (states(batch) + rounded(batch, shape.layerInput(layer)));
    }
    long working =
        GRUS
            * (states(batch)
                + states(ahead)
                + 2 * weights(widest()) * Float.BYTES
                + rounded(batch, widest())
                + rounded(ahead, widest()));
    return modalities * (kept + working);
  }

  private long states(int sequences) {
    return STATES * rows(sequences) * shape.hidden() * Float.BYTES;
  }

  /** Of inputs, outputs and weights. */
  private long rounded(int sequences, int input) {
    return precision == GpuPrecision.BFLOAT16
        ? (rows(sequences) * (input + (long) shape.hidden()) + weights(input)) * Short.BYTES
        : 0;
  }

  private long weights(int input) {
    return 3L * shape.hidden() * (input + shape.hidden() + 2L);
  }

  /** Bytes of the GPU for streams: of the two of each encoder one multiplies. */
  public long products() {
    return modalities * DeviceStreamMemory.PRODUCTS;
  }

  /** Bytes of the GPU, all in all. */
  public long total() {
    return parameters() + activations() + recurrent() + products();
  }

  /** Bytes of locked main memory: one stream of each encoder copies there and back. */
  public long staging() {
    return modalities * DeviceStreamMemory.STAGING;
  }
}
