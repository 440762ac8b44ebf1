package dev.armature.round;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A round's averages, put in their places as they arrive, and the workers' account. What it gathers
 * is what the next round begins with: no average is held twice. Filled by one thread at a time.
 */
final class RoundOutcome {
  private final ChunkLayout chunks;
  private final Map<ResultVector, List<FloatBlock>> bases;
  private final Map<ResultVector, float[][]> vectors = new EnumMap<>(ResultVector.class);
  private final boolean[] seen;
  private RoundAccount account;

  /**
   * @param bases by kind and modality, what arriving averages are changes of; those of other kinds
   *     are no changes
   */
  RoundOutcome(ChunkLayout chunks, Map<ResultVector, List<FloatBlock>> bases) {
    this.chunks = chunks;
    this.bases = bases;
    this.seen = new boolean[chunks.count()];
    for (ResultVector kind : chunks.kinds()) {
      vectors.put(kind, new float[chunks.modalities()][chunks.size()]);
    }
  }

  /**
   * @throws IllegalStateException if it came before
   */
  void take(Averaging.Outcome outcome) {
    if (outcome instanceof Averaging.Outcome.Account all) {
      account = all.account();
    } else if (outcome instanceof Averaging.Outcome.Piece piece) {
      if (seen[piece.chunk()]) {
        throw new IllegalStateException("piece %d came twice".formatted(piece.chunk()));
      }
      seen[piece.chunk()] = true;
      place(piece.chunk(), piece.values().values());
    }
  }

  private void place(int chunk, float[] average) {
    ResultVector kind = chunks.kind(chunk);
    int modality = chunks.modality(chunk);
    int offset = chunks.offset(chunk);
    float[] vector = vectors.get(kind)[modality];
    if (bases.containsKey(kind)) {
      float[] base = bases.get(kind).get(modality).values();
      for (int i = 0; i < average.length; i++) {
        vector[offset + i] = base[offset + i] + average[i];
      }
    } else {
      System.arraycopy(average, 0, vector, offset, chunks.length(chunk));
    }
  }

  /**
   * @throws IllegalStateException if something has not come
   */
  void requireComplete() {
    for (int chunk = 0; chunk < seen.length; chunk++) {
      if (!seen[chunk]) {
        throw new IllegalStateException("piece %d is missing".formatted(chunk));
      }
    }
    if (account == null) {
      throw new IllegalStateException("the workers' account is missing");
    }
  }

  /** The average of one kind of vector, by modality. */
  List<FloatBlock> vectors(ResultVector kind) {
    List<FloatBlock> blocks = new ArrayList<>();
    for (float[] vector : vectors.get(kind)) {
      blocks.add(new FloatBlock(vector));
    }
    return blocks;
  }

  /** What the workers did. */
  RoundAccount account() {
    return account;
  }
}
