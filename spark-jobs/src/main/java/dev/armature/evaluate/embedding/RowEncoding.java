package dev.armature.evaluate.embedding;

import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What a task does with a partition of rows: adds a vector to each, a block at a time.
 *
 * @param encoders of the model
 * @param modalities that are asked for, in the order of the vector
 * @param vector which of their vectors
 * @param columns where sequences are
 * @param invalid what happens to rows without one
 * @param threads native threads of a task
 */
record RowEncoding(
    Broadcast<TrainedEncoders> encoders,
    List<Modality> modalities,
    EmbeddingVector vector,
    SequenceColumns columns,
    InvalidRows invalid,
    int threads)
    implements MapPartitionsFunction<Row, Row>, Serializable {

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Encoded(rows);
  }

  /** Encodes as far as somebody asks for rows. */
  private final class Encoded implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Deque<Row> ready = new ArrayDeque<>();
    private TrainedEncoders model;
    private BlockEncoder encoder;

    Encoded(Iterator<Row> rows) {
      this.rows = rows;
      // A limit ends a task before its partition does.
      TaskContext.get()
          .addTaskCompletionListener(
              task -> {
                if (encoder != null && task.isFailed()) {
                  encoder.close();
                  encoder = null;
                }
                giveBack();
              });
    }

    private void giveBack() {
      if (encoder != null) {
        BlockEncoders.giveBack(encoder);
        encoder = null;
      }
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && rows.hasNext()) {
        fill();
      }
      if (ready.isEmpty()) {
        giveBack();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the partition has no more rows");
      }
      return ready.remove();
    }

    private void fill() {
      List<Row> taken = new ArrayList<>();
      List<Boolean> valid = new ArrayList<>();
      List<SkeletonSequence> block = new ArrayList<>();
      while (rows.hasNext() && taken.size() < BlockEncoder.ROWS) {
        Row row = rows.next();
        try {
          block.add(columns.read(row));
          taken.add(row);
          valid.add(true);
        } catch (InvalidRowException problem) {
          if (invalid == InvalidRows.ERROR) {
            throw new IllegalArgumentException(
                "%s holds no sequence: %s; put it right, or set handleInvalid to skip or keep"
                    .formatted(columns.name(row), problem.getMessage()));
          }
          if (invalid == InvalidRows.KEEP) {
            taken.add(row);
            valid.add(false);
          }
        }
      }
      float[][] encoded = block.isEmpty() ? new float[0][] : encode(block);
      int next = 0;
      for (int place = 0; place < taken.size(); place++) {
        Vector added = valid.get(place) ? vector(encoded, next++) : nothing();
        ready.add(with(taken.get(place), added));
      }
    }

    private float[][] encode(List<SkeletonSequence> block) {
      if (encoder == null) {
        model = encoders.value().of(modalities);
        encoder =
            BlockEncoders.borrow(
                BlockEncoder.Kind.of(model, new BackendEngines(model.backend(), threads)));
      }
      float[][] encoded = encoder.encode(model.parameters(), vector, List.of(block)).get(0);
      encoder
          .fault(block, encoded)
          .ifPresent(
              fault -> {
                throw new IllegalStateException(fault);
              });
      return encoded;
    }
  }

  private Vector vector(float[][] encoded, int row) {
    int columnCount = vector.length(encoders.value().shape());
    float[] values =
        encoded.length == 1
            ? Arrays.copyOfRange(encoded[0], row * columnCount, (row + 1) * columnCount)
            : CombinedVector.of(encoded, row, columnCount);
    double[] doubles = new double[values.length];
    for (int place = 0; place < doubles.length; place++) {
      doubles[place] = values[place];
    }
    return Vectors.dense(doubles);
  }

  private Vector nothing() {
    double[] values = new double[modalities.size() * vector.length(encoders.value().shape())];
    Arrays.fill(values, Double.NaN);
    return Vectors.dense(values);
  }

  private static Row with(Row row, Vector vector) {
    Object[] values = new Object[row.size() + 1];
    for (int place = 0; place < row.size(); place++) {
      values[place] = row.get(place);
    }
    values[row.size()] = vector;
    return RowFactory.create(values);
  }
}
