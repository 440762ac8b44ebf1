package dev.armature.encoder;

/**
 * The sizes of one GRU over one batch.
 *
 * @param frames length of the sequences, at least 1
 * @param sequences number of sequences in the batch, at least 1
 * @param input numbers per frame that go in
 * @param hidden numbers per frame that come out
 * @param outputWidth numbers per frame of the array they are written to, at least {@code hidden}:
 *     two GRUs may write side by side
 * @param backwards whether it runs from the last frame to the first
 */
public record GruShape(
    int frames, int sequences, int input, int hidden, int outputWidth, boolean backwards) {
  /** Checks the sizes. */
  public GruShape {
    if (frames < 1 || sequences < 1 || input < 1 || hidden < 1 || outputWidth < hidden) {
      throw new IllegalArgumentException(
          ("frames, sequences, input and hidden must be at least 1 and the output's width at least"
                  + " hidden, found %d, %d, %d, %d, %d")
              .formatted(frames, sequences, input, hidden, outputWidth));
    }
  }
}
