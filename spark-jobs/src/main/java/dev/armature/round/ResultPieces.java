package dev.armature.round;

import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;

/**
 * What a worker sends: its account, then its vectors piece by piece, read from the engine as they
 * go out. After the last piece it puts down what it carries.
 */
final class ResultPieces implements Iterator<Tuple2<ChunkKey, Contribution>> {
  private final EncoderEngine engine;
  private final ModelState published;
  private final Wire wire;
  private final ChunkLayout chunks;
  private final Round round;
  private final WorkerRound work;
  private final Carrying carrying;
  private final float[] vector;
  private int next = ChunkKey.YIELD;
  private boolean done;

  ResultPieces(
      EncoderEngine engine,
      ModelState published,
      Wire wire,
      ChunkLayout chunks,
      Round round,
      WorkerRound work,
      Carrying carrying) {
    this.engine = engine;
    this.published = published;
    this.wire = wire;
    this.chunks = chunks;
    this.round = round;
    this.work = work;
    this.carrying = carrying;
    this.vector = new float[chunks.size()];
  }

  @Override
  public boolean hasNext() {
    if (next == chunks.count() && !done) {
      done = true;
      carrying.putDown();
    }
    return next < chunks.count();
  }

  @Override
  public Tuple2<ChunkKey, Contribution> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int chunk = next++;
    Contribution contribution =
        chunk == ChunkKey.YIELD
            ? new Contribution.Yield(round.index(), work)
            : new Contribution.Parameters(round.index(), round.steps(), piece(chunk));
    return new Tuple2<>(new ChunkKey(chunk, work.worker()), contribution);
  }

  private WireBlock piece(int chunk) {
    int modality = chunks.modality(chunk);
    int offset = chunks.offset(chunk);
    int length = chunks.length(chunk);
    if (offset == 0) {
      read(chunks.kind(chunk), modality);
    }
    if (wire == Wire.FLOAT32) {
      float[] values = new float[length];
      System.arraycopy(vector, offset, values, 0, length);
      return new FloatBlock(values);
    }
    return switch (chunks.kind(chunk)) {
      case QUERY ->
          ErrorFeedback.change(
              published.query().get(modality).values(),
              vector,
              carrying.error(CarriedKind.QUERY_ERROR, modality),
              offset,
              length);
      case KEY ->
          ErrorFeedback.change(
              published.key().get(modality).values(),
              vector,
              carrying.error(CarriedKind.KEY_ERROR, modality),
              offset,
              length);
      case VELOCITY -> BfloatBlock.rounded(vector, offset, length);
    };
  }

  /** The whole vector, once for all its pieces, which come in order. */
  private void read(ResultVector kind, int modality) {
    switch (kind) {
      case QUERY -> engine.readParameters(Branch.QUERY, modality, vector);
      case VELOCITY -> engine.readVelocity(modality, vector);
      case KEY -> engine.readParameters(Branch.KEY, modality, vector);
    }
  }
}
