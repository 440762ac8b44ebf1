package dev.armature.evaluate.embedding;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.round.DurableFile;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What one Spark task does: embeds the sequences of one part and writes its file, some blocks at a
 * time.
 *
 * @param folder Hadoop path of the parts
 * @param fingerprint for the files' footers
 * @param done counts sequences
 */
record PartTask(
    Broadcast<TrainedEncoders> encoders,
    Broadcast<SerializableConfiguration> hadoop,
    EmbeddingVector vector,
    BackendEngines engines,
    List<EmbeddingPart> parts,
    String folder,
    String fingerprint,
    LongAccumulator done)
    implements Serializable {

  /**
   * Embeds a part.
   *
   * @param number which
   * @param sequences all of it, in ascending order of their index
   * @return what is wrong; empty if the file is written. It is for the driver to report: an
   *     exception here would have Spark try the task again, in vain
   */
  String run(int number, Iterator<StoredSequence> sequences) throws IOException {
    EmbeddingPart part = parts.get(number);
    Configuration configuration = hadoop.value().value();
    Path path = new Path(folder, part.file());
    FileSystem files = path.getFileSystem(configuration);
    Path temporary =
        new Path(
            folder, ".%s.%d.incomplete".formatted(part.file(), TaskContext.get().taskAttemptId()));
    BlockEncoder encoder = BlockEncoders.borrow(BlockEncoder.Kind.of(encoders.value(), engines));
    boolean sound = false;
    try {
      List<String> faults = new ArrayList<>();
      DurableFile.write(
          files,
          temporary,
          out -> {
            try (ParquetWriter<EmbeddingRow> writer =
                PartFile.create(out, configuration, encoders.value().modalities(), fingerprint)) {
              write(part, sequences, encoder, writer).ifPresent(faults::add);
            }
          });
      if (faults.isEmpty()) {
        name(files, temporary, path);
      }
      sound = true;
      return String.join("; ", faults);
    } finally {
      if (sound) {
        BlockEncoders.giveBack(encoder);
      } else {
        encoder.close();
      }
      files.delete(temporary, false);
    }
  }

  /** Another attempt of the same task, a speculative one for instance, has made the same file. */
  private static void name(FileSystem files, Path temporary, Path path) throws IOException {
    if (!files.exists(path) && !files.rename(temporary, path) && !files.exists(path)) {
      throw new IOException("could not rename %s to %s".formatted(temporary, path));
    }
  }

  private Optional<String> write(
      EmbeddingPart part,
      Iterator<StoredSequence> sequences,
      BlockEncoder encoder,
      ParquetWriter<EmbeddingRow> writer)
      throws IOException {
    int next = part.stretch().first();
    while (sequences.hasNext()) {
      List<List<SkeletonSequence>> blocks = new ArrayList<>();
      int first = next;
      while (sequences.hasNext() && blocks.size() < BlockEncoder.BLOCKS) {
        List<SkeletonSequence> block = new ArrayList<>();
        while (sequences.hasNext() && block.size() < BlockEncoder.ROWS) {
          StoredSequence stored = sequences.next();
          if (stored.index() != next++) {
            return Optional.of(missing(part, next - 1));
          }
          block.add(stored.sequence());
        }
        blocks.add(block);
      }
      Optional<String> fault = write(part, first, blocks, encoder, writer);
      if (fault.isPresent()) {
        return fault;
      }
      done.add(next - first);
    }
    return next == part.stretch().end() ? Optional.empty() : Optional.of(missing(part, next));
  }

  private static String missing(EmbeddingPart part, int index) {
    return "the %s split has no sequence of index %d, or several, where its manifest counts more; prepare the data set anew"
        .formatted(part.split().label(), index);
  }

  private Optional<String> write(
      EmbeddingPart part,
      int first,
      List<List<SkeletonSequence>> blocks,
      BlockEncoder encoder,
      ParquetWriter<EmbeddingRow> writer)
      throws IOException {
    List<float[][]> encoded = encoder.encode(encoders.value().parameters(), vector, blocks);
    int index = first;
    for (int block = 0; block < blocks.size(); block++) {
      Optional<String> fault = encoder.fault(blocks.get(block), encoded.get(block));
      if (fault.isPresent()) {
        return fault;
      }
      for (int row = 0; row < blocks.get(block).size(); row++) {
        SkeletonSequence sequence = blocks.get(block).get(row);
        writer.write(
            new EmbeddingRow(
                part.split().label(),
                index++,
                sequence.id(),
                sequence.label(),
                vectors(encoded.get(block), row)));
      }
    }
    return Optional.empty();
  }

  private float[][] vectors(float[][] encoded, int row) {
    int modalities = encoded.length;
    int columns = vector.length(encoders.value().shape());
    float[][] vectors = new float[modalities > 1 ? modalities + 1 : 1][];
    for (int modality = 0; modality < modalities; modality++) {
      vectors[modality] = Arrays.copyOfRange(encoded[modality], row * columns, (row + 1) * columns);
    }
    if (modalities > 1) {
      vectors[modalities] = CombinedVector.of(encoded, row, columns);
    }
    return vectors;
  }
}
