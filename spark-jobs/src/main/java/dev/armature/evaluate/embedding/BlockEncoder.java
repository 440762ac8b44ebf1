package dev.armature.evaluate.embedding;

import dev.armature.augment.AugmentSettings;
import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.NativeThreads;
import dev.armature.evaluate.EngineFactory;
import dev.armature.evaluate.SequenceBlocks;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Encodes blocks of sequences by the query encoders of every modality, as evaluation looks at them.
 *
 * <p>Has one engine of one encoder, which is given one modality's parameters after the other, for
 * several blocks at a time: native memory is that of one encoder, whatever the number of
 * modalities. Used by one thread at a time.
 */
final class BlockEncoder implements AutoCloseable {
  /** Sequences a block: those of evaluation, so that vectors have the same bits. */
  static final int ROWS = SequenceBlocks.ROWS;

  /**
   * Blocks at a time. Copying the largest published encoder in takes a twentieth of a second, a
   * block ten seconds; views of four blocks take 100 MB.
   */
  static final int BLOCKS = 4;

  /**
   * What an encoder can be used for again.
   *
   * @param engines must have a meaningful {@code equals}
   */
  record Kind(
      EngineFactory engines,
      EncoderShape shape,
      List<Modality> modalities,
      SkeletonLayout layout,
      int persons,
      AugmentSettings views) {

    static Kind of(TrainedEncoders encoders, EngineFactory engines) {
      return new Kind(
          engines,
          encoders.shape(),
          encoders.modalities(),
          encoders.layout(),
          encoders.persons(),
          encoders.views());
    }
  }

  private final Kind kind;
  private final ViewGenerator views;
  private final EncoderEngine engine;
  private final List<ViewBatch> full = new ArrayList<>();

  BlockEncoder(Kind kind) {
    this.kind = kind;
    NativeThreads.alone();
    views = new ViewGenerator(kind.views(), kind.layout(), kind.persons(), kind.modalities());
    engine = kind.engines().open(kind.shape(), 1);
  }

  Kind kind() {
    return kind;
  }

  /**
   * Encodes some blocks.
   *
   * @param parameters by modality
   * @param blocks at most {@link #BLOCKS}, of 1 to {@link #ROWS} sequences each
   * @return by block and modality: sequences × {@link EmbeddingVector#length}
   * @throws IllegalArgumentException if a sequence has other joints or more persons than the
   *     encoders take
   */
  List<float[][]> encode(
      float[][] parameters, EmbeddingVector vector, List<List<SkeletonSequence>> blocks) {
    List<ViewBatch> batches = new ArrayList<>();
    for (int block = 0; block < blocks.size(); block++) {
      batches.add(views(block, blocks.get(block)));
    }
    List<float[][]> encoded = new ArrayList<>();
    blocks.forEach(block -> encoded.add(new float[kind.modalities().size()][]));
    for (int modality = 0; modality < kind.modalities().size(); modality++) {
      engine.setParameters(EncoderEngine.Branch.QUERY, 0, parameters[modality]);
      for (int block = 0; block < batches.size(); block++) {
        ViewBatch one = of(batches.get(block), modality);
        encoded.get(block)[modality] =
            vector == EmbeddingVector.HEAD ? engine.embed(0, one) : engine.represent(0, one);
      }
    }
    return encoded;
  }

  private ViewBatch views(int block, List<SkeletonSequence> sequences) {
    while (full.size() <= block && sequences.size() == ROWS) {
      full.add(views.batch(ROWS));
    }
    ViewBatch batch = sequences.size() == ROWS ? full.get(block) : views.batch(sequences.size());
    for (int row = 0; row < sequences.size(); row++) {
      views.evaluation(sequences.get(row), batch, row);
    }
    return batch;
  }

  /** A batch's views of one modality, not copied. */
  private static ViewBatch of(ViewBatch batch, int modality) {
    return new ViewBatch(
        List.of(batch.modalities().get(modality)),
        batch.frames(),
        batch.sequences(),
        batch.features(),
        new float[][] {batch.inputs()[modality]});
  }

  /**
   * What is wrong with the vectors of a block; empty if nothing is.
   *
   * @param encoded by modality
   */
  Optional<String> fault(List<SkeletonSequence> block, float[][] encoded) {
    for (int modality = 0; modality < encoded.length; modality++) {
      float[] values = encoded[modality];
      int columns = values.length / block.size();
      for (int place = 0; place < values.length; place++) {
        if (!Float.isFinite(values[place])) {
          return Optional.of(
              "the %s encoder's vector of sequence %s is not finite (%s at place %d): its training diverged; take an earlier checkpoint"
                  .formatted(
                      kind.modalities().get(modality).label(),
                      block.get(place / columns).id(),
                      values[place],
                      place % columns));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    engine.close();
  }
}
