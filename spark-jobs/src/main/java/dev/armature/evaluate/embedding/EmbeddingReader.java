package dev.armature.evaluate.embedding;

import dev.armature.dataset.Split;
import dev.armature.evaluate.Features;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetInputFormat;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;

/** Reads one column of vectors of an output of {@link Embedding} into memory, part by part. */
public final class EmbeddingReader {
  private EmbeddingReader() {}

  /**
   * Reads a column.
   *
   * @param uri Hadoop path of the output
   * @param column a modality's, or {@value EmbeddingSchema#COMBINED}
   * @throws EmbeddingException if that is no output, a file of it is missing or of another length,
   *     or it has no such column
   */
  public static EmbeddedSequences read(SparkSession spark, String uri, String column)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    EmbeddingFolder folder = new EmbeddingFolder(hadoop, uri);
    EmbeddingManifest manifest =
        folder
            .manifest()
            .orElseThrow(
                () ->
                    new EmbeddingException(
                        "%s has no %s: it is no output of embed, or one that is not finished; call embed, again with the same words where it was cut short"
                            .formatted(uri, EmbeddingFolder.MANIFEST)));
    int columns = length(manifest, column);
    int rows = manifest.parts().stream().mapToInt(EmbeddingManifest.Part::sequences).sum();
    EmbeddedSequences.Sequence[] sequences = new EmbeddedSequences.Sequence[rows];
    float[] values = new float[Math.multiplyExact(rows, columns)];
    Map<String, Integer> firstRows = firstRows(manifest);
    vectors(spark, folder.requireParts(manifest), column)
        .forEachRemaining(
            row -> {
              int place = firstRows.get(row.split()) + row.index();
              sequences[place] =
                  new EmbeddedSequences.Sequence(split(row.split()), row.id(), row.label());
              System.arraycopy(row.values(), 0, values, place * columns, columns);
            });
    return new EmbeddedSequences(Arrays.asList(sequences), new Features(rows, columns, values));
  }

  /** By split: the row of its first sequence. */
  private static Map<String, Integer> firstRows(EmbeddingManifest manifest) {
    Map<String, Integer> rows = new HashMap<>();
    int row = 0;
    for (EmbeddingManifest.Part part : manifest.parts()) {
      rows.putIfAbsent(part.split(), row - part.first());
      row += part.sequences();
    }
    return rows;
  }

  private record Vector(String split, int index, String id, int label, float[] values)
      implements Serializable {}

  /** Brings one partition after the other here; checksums of pages are compared. */
  private static Iterator<Vector> vectors(SparkSession spark, List<Path> parts, String column) {
    return spark
        .read()
        .option(ParquetInputFormat.PAGE_VERIFY_CHECKSUM_ENABLED, true)
        .parquet(parts.stream().map(Path::toString).toArray(String[]::new))
        .select(
            functions.col(EmbeddingSchema.SPLIT),
            functions.col(EmbeddingSchema.INDEX),
            functions.col(EmbeddingSchema.ID),
            functions.col(EmbeddingSchema.LABEL),
            functions.col(column))
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .map(EmbeddingReader::vector)
        .toLocalIterator();
  }

  private static Vector vector(InternalRow row) {
    return new Vector(
        row.getUTF8String(0).toString(),
        row.getInt(1),
        row.getUTF8String(2).toString(),
        row.isNullAt(3) ? -1 : row.getInt(3),
        row.getArray(4).toFloatArray());
  }

  private static int length(EmbeddingManifest manifest, String column) {
    Map<String, Integer> lengths = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (EmbeddingManifest.Column each : manifest.columns()) {
      lengths.put(each.name(), each.length());
      names.add(each.name());
    }
    if (!lengths.containsKey(column)) {
      throw new EmbeddingException(
          "there are no vectors named '%s'; choose from %s"
              .formatted(column, String.join(", ", names)));
    }
    return lengths.get(column);
  }

  private static Split split(String label) {
    return Arrays.stream(Split.values())
        .filter(split -> split.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new EmbeddingException("no split is named '%s' in the manifest".formatted(label)));
  }
}
