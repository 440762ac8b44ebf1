package dev.armature.evaluate.embedding;

import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * A Parquet file of embeddings, written row by row. Its footer says what it belongs to. Spark's own
 * writer chooses the files' names and numbers by the cluster; here both are given.
 */
final class PartFile {
  /** Key in the footer: what the vectors are of, and how they were made. */
  static final String FINGERPRINT = "armature.embeddings";

  private PartFile() {}

  /**
   * Begins a file; pages get checksums.
   *
   * @param out takes the bytes; stays open
   * @param fingerprint for the footer
   */
  static ParquetWriter<EmbeddingRow> create(
      OutputStream out, Configuration configuration, List<Modality> modalities, String fingerprint)
      throws IOException {
    return new Builder(new StreamFile(out), modalities, fingerprint)
        .withConf(configuration)
        .withPageWriteChecksumEnabled(true)
        .withCompressionCodec(CompressionCodecName.SNAPPY)
        // No two floats of vectors are alike.
        .withDictionaryEncoding(false)
        .build();
  }

  /**
   * Whether a file has all its rows and the footer of what is asked for. A file that was cut short
   * has no footer.
   *
   * @throws IOException if it cannot be read now
   */
  static boolean isWhole(Path path, Configuration configuration, int rows, String fingerprint)
      throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, configuration))) {
      Map<String, String> footer = reader.getFileMetaData().getKeyValueMetaData();
      return reader.getRecordCount() == rows && fingerprint.equals(footer.get(FINGERPRINT));
    } catch (RuntimeException notParquet) {
      return false;
    }
  }

  private static final class Builder extends ParquetWriter.Builder<EmbeddingRow, Builder> {
    private final List<Modality> modalities;
    private final String fingerprint;

    Builder(OutputFile file, List<Modality> modalities, String fingerprint) {
      super(file);
      this.modalities = modalities;
      this.fingerprint = fingerprint;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<EmbeddingRow> getWriteSupport(Configuration configuration) {
      return new Rows(EmbeddingSchema.of(modalities), fingerprint);
    }
  }

  /** Takes rows apart for Parquet, without an object for every number. */
  private static final class Rows extends WriteSupport<EmbeddingRow> {
    private final MessageType schema;
    private final String fingerprint;
    private RecordConsumer consumer;

    Rows(MessageType schema, String fingerprint) {
      this.schema = schema;
      this.fingerprint = fingerprint;
    }

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, Map.of(FINGERPRINT, fingerprint));
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(EmbeddingRow row) {
      consumer.startMessage();
      field(0, () -> consumer.addBinary(Binary.fromString(row.split())));
      field(1, () -> consumer.addInteger(row.index()));
      field(2, () -> consumer.addBinary(Binary.fromString(row.id())));
      if (row.label() >= 0) {
        field(3, () -> consumer.addInteger(row.label()));
      }
      for (int vector = 0; vector < row.vectors().length; vector++) {
        float[] values = row.vectors()[vector];
        field(4 + vector, () -> list(values));
      }
      consumer.endMessage();
    }

    private void field(int place, Runnable content) {
      String name = schema.getFieldName(place);
      consumer.startField(name, place);
      content.run();
      consumer.endField(name, place);
    }

    private void list(float[] values) {
      consumer.startGroup();
      consumer.startField("list", 0);
      for (float value : values) {
        consumer.startGroup();
        consumer.startField("element", 0);
        consumer.addFloat(value);
        consumer.endField("element", 0);
        consumer.endGroup();
      }
      consumer.endField("list", 0);
      consumer.endGroup();
    }
  }
}
