package dev.armature.evaluate;

import dev.armature.augment.AugmentSettings;
import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * What one Spark task does: opens an engine, gives it one modality's query encoder, and represents
 * the blocks of its partition in every viewing.
 */
record RepresentationTask(
    EngineFactory engines,
    EncoderShape shape,
    Broadcast<float[][]> parameters,
    int encoder,
    Modality modality,
    SkeletonLayout layout,
    int persons,
    AugmentSettings views,
    List<Viewing> viewings)
    implements Serializable {

  /**
   * The representations of one block.
   *
   * @param firstRank rank of its first sequence
   * @param viewing which of the task's viewings
   * @param values sequences × representation
   * @param fault what is wrong with them; empty if nothing is. It is for the driver to report: an
   *     exception here would have Spark try the task again, in vain
   */
  record Block(int firstRank, int viewing, float[] values, String fault) implements Serializable {}

  /**
   * Represents a partition.
   *
   * @param sequences by rank, rising
   */
  Iterator<Block> run(Iterator<Tuple2<Integer, SkeletonSequence>> sequences) {
    List<Block> done = new ArrayList<>();
    if (!sequences.hasNext()) {
      return done.iterator();
    }
    ViewGenerator generator = new ViewGenerator(views, layout, persons, List.of(modality));
    ViewBatch full = generator.batch(SequenceBlocks.ROWS);
    try (EncoderEngine engine = engines.open(shape, 1)) {
      engine.setParameters(EncoderEngine.Branch.QUERY, 0, parameters.value()[encoder]);
      List<SkeletonSequence> block = new ArrayList<>();
      while (sequences.hasNext()) {
        Tuple2<Integer, SkeletonSequence> next = sequences.next();
        block.add(next._2());
        int rank = next._1();
        boolean last = !sequences.hasNext() || (rank + 1) % SequenceBlocks.ROWS == 0;
        if (last) {
          ViewBatch batch =
              block.size() == SequenceBlocks.ROWS ? full : generator.batch(block.size());
          for (int viewing = 0; viewing < viewings.size(); viewing++) {
            for (int row = 0; row < block.size(); row++) {
              viewings.get(viewing).write(generator, block.get(row), batch, row);
            }
            float[] values = engine.represent(0, batch);
            int firstRank = rank + 1 - block.size();
            done.add(new Block(firstRank, viewing, values, fault(values, block)));
          }
          block.clear();
        }
      }
    }
    return done.iterator();
  }

  private String fault(float[] values, List<SkeletonSequence> block) {
    int columns = shape.representation();
    for (int place = 0; place < values.length; place++) {
      if (!Float.isFinite(values[place])) {
        return "the %s encoder's representation of sequence %s is not finite (%s at place %d): its training diverged; evaluate an earlier checkpoint"
            .formatted(
                modality.label(), block.get(place / columns).id(), values[place], place % columns);
      }
    }
    return "";
  }
}
