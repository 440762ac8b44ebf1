package dev.armature.round;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A round's averages, put together again, and the workers' accounts. */
final class RoundOutcome {
  private final Map<ResultVector, float[][]> vectors;
  private final List<WorkerRound> workers;

  private RoundOutcome(Map<ResultVector, float[][]> vectors, List<WorkerRound> workers) {
    this.vectors = vectors;
    this.workers = workers;
  }

  /**
   * @throws IllegalStateException if a piece is missing or came twice
   */
  static RoundOutcome of(List<Averaging.Outcome> outcomes, ChunkLayout chunks) {
    Map<ResultVector, float[][]> vectors = new EnumMap<>(ResultVector.class);
    for (ResultVector kind : chunks.kinds()) {
      vectors.put(kind, new float[chunks.modalities()][chunks.size()]);
    }
    boolean[] seen = new boolean[chunks.count()];
    List<WorkerRound> workers = new ArrayList<>();
    for (Averaging.Outcome outcome : outcomes) {
      if (outcome instanceof Averaging.Outcome.Account account) {
        workers.add(account.work());
      } else if (outcome instanceof Averaging.Outcome.Piece piece) {
        if (seen[piece.chunk()]) {
          throw new IllegalStateException("piece %d came twice".formatted(piece.chunk()));
        }
        seen[piece.chunk()] = true;
        System.arraycopy(
            piece.values().values(),
            0,
            vectors.get(chunks.kind(piece.chunk()))[chunks.modality(piece.chunk())],
            chunks.offset(piece.chunk()),
            chunks.length(piece.chunk()));
      }
    }
    for (int chunk = 0; chunk < seen.length; chunk++) {
      if (!seen[chunk]) {
        throw new IllegalStateException("piece %d is missing".formatted(chunk));
      }
    }
    workers.sort(Comparator.comparingInt(WorkerRound::worker));
    return new RoundOutcome(vectors, workers);
  }

  /** The average of one kind of vector, by modality. */
  List<FloatBlock> vectors(ResultVector kind) {
    List<FloatBlock> blocks = new ArrayList<>();
    for (float[] vector : vectors.get(kind)) {
      blocks.add(new FloatBlock(vector));
    }
    return blocks;
  }

  /** The accounts, by worker. */
  List<WorkerRound> workers() {
    return workers;
  }
}
