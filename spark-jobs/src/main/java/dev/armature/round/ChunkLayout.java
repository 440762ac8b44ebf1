package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * How the flat vectors of a round's result are cut into pieces for the shuffle. The vectors are
 * numbered kind by kind, and within a kind modality by modality; no piece spans two vectors.
 *
 * @param kinds the vectors that every modality has in the result
 * @param modalities number of modalities
 * @param size length of every vector
 * @param chunk greatest length of a piece
 */
record ChunkLayout(List<ResultVector> kinds, int modalities, int size, int chunk)
    implements Serializable {

  /**
   * A little less than 8 MiB a piece: large enough for the shuffle to stream, small enough for many
   * to be in flight, and with its header not above half of the collector's regions of 16 MiB, where
   * it would take a whole one.
   */
  static final int CHUNK = (1 << 21) - 64;

  /** Bytes of one copy of all vectors, as floats. */
  long bytes() {
    return (long) kinds.size() * modalities * size * Float.BYTES;
  }

  private int piecesPerVector() {
    return (size + chunk - 1) / chunk;
  }

  int count() {
    return kinds.size() * modalities * piecesPerVector();
  }

  ResultVector kind(int piece) {
    return kinds.get(piece / piecesPerVector() / modalities);
  }

  int modality(int piece) {
    return piece / piecesPerVector() % modalities;
  }

  int offset(int piece) {
    return piece % piecesPerVector() * chunk;
  }

  int length(int piece) {
    return Math.min(chunk, size - offset(piece));
  }
}
