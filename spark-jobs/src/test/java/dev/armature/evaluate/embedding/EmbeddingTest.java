package dev.armature.evaluate.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.LocalSpark;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.evaluate.FeatureExtraction;
import dev.armature.evaluate.Features;
import dev.armature.evaluate.SequenceBlocks;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingTest {
  private static final List<Split> BOTH = List.of(Split.TRAIN, Split.TEST);

  @TempDir private static Path folder;
  private static SparkSession spark;
  private static GeneratedMotion motion;
  private static TrainedEncoders encoders;
  private static Path undisturbed;
  private static Map<String, String> expected;

  @BeforeAll
  static void embed_once() throws IOException {
    spark = LocalSpark.session(2);
    motion = GeneratedMotion.prepare(spark, folder);
    encoders = motion.encoders(4, 1);
    undisturbed = folder.resolve("undisturbed");
    Embedding.run(spark, request(undisturbed), EmbeddingProgress.SILENT);
    expected = files(undisturbed);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static EmbeddingRequest request(Path out) {
    return request(encoders, EmbeddingVector.REPRESENTATION, BOTH, out, false);
  }

  private static EmbeddingRequest request(
      TrainedEncoders by, EmbeddingVector vector, List<Split> splits, Path out, boolean overwrite) {
    return new EmbeddingRequest(
        by,
        vector,
        motion.uri(),
        motion.manifest(),
        splits,
        out.toUri().toString(),
        overwrite,
        1,
        Map.of("armature", "test"));
  }

  /** Checksums of the Parquet files and the manifest, by name; nothing else may be there. */
  private static Map<String, String> files(Path out) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(out)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().endsWith(".crc")) {
          files.put(
              out.relativize(file).toString(), DigestUtils.sha256Hex(Files.readAllBytes(file)));
        }
      }
    }
    return files;
  }

  private static List<Row> rows(Path out) {
    return spark
        .read()
        .parquet(out.resolve("embeddings").toString())
        .orderBy("split", "index")
        .collectAsList();
  }

  /** What a killed call leaves: no manifest, and the file that says what was begun. */
  private static Path killed(String name) throws IOException {
    Path out = folder.resolve(name);
    Files.createDirectories(out.resolve("embeddings"));
    for (String file : expected.keySet()) {
      Files.copy(undisturbed.resolve(file), out.resolve(file));
    }
    Files.delete(out.resolve(EmbeddingFolder.MANIFEST));
    Files.writeString(
        out.resolve("_EMBEDDING"),
        "{\"fingerprint\":\"%s\"}".formatted(request(out).fingerprint()),
        StandardCharsets.UTF_8);
    return out;
  }

  @Test
  void every_sequence_has_the_vectors_that_evaluation_measures() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Row> found = rows(undisturbed);
    assertThat(found).hasSize(2 * 162);
    for (Split split : Split.values()) {
      List<StoredSequence> stored = SkeletonStore.read(spark, motion.uri(), split).collect();
      List<Row> own = found.stream().filter(row -> row.getString(0).equals(split.label())).toList();
      try (SequenceBlocks blocks =
              SequenceBlocks.of(context, "a", context.parallelize(stored), 18);
          FeatureExtraction extraction =
              new FeatureExtraction(
                  context,
                  new BackendEngines(encoders.backend(), 1),
                  encoders.shape(),
                  encoders.modalities(),
                  encoders.parameters(),
                  encoders.layout(),
                  encoders.persons(),
                  encoders.views())) {
        for (Modality modality : encoders.modalities()) {
          Features features = extraction.evaluation(blocks, modality);
          for (int row = 0; row < stored.size(); row++) {
            assertThat(own.get(row).getString(2)).isEqualTo(stored.get(row).sequence().id());
            assertThat(own.get(row).getInt(3)).isEqualTo(stored.get(row).sequence().label());
            assertThat(floats(own.get(row), EmbeddingSchema.column(modality)))
                .containsExactly(
                    Arrays.copyOfRange(
                        features.values(),
                        row * features.columns(),
                        (row + 1) * features.columns()));
          }
        }
      }
    }
  }

  private static float[] floats(Row row, String column) {
    List<Float> values = row.getList(row.fieldIndex(column));
    float[] floats = new float[values.size()];
    for (int place = 0; place < floats.length; place++) {
      floats[place] = values.get(place);
    }
    return floats;
  }

  @Test
  void the_inner_product_of_combined_vectors_is_the_mean_of_the_modalities_cosines() {
    List<Row> rows = rows(undisturbed).subList(0, 2);
    double mean = 0;
    for (Modality modality : encoders.modalities()) {
      String column = EmbeddingSchema.column(modality);
      float[] first = floats(rows.get(0), column);
      float[] second = floats(rows.get(1), column);
      mean +=
          dot(first, second)
              / Math.sqrt(dot(first, first) * dot(second, second))
              / encoders.modalities().size();
    }

    float[] first = floats(rows.get(0), EmbeddingSchema.COMBINED);
    assertThat(dot(first, floats(rows.get(1), EmbeddingSchema.COMBINED)))
        .isCloseTo(mean, within(1e-6));
    assertThat(dot(first, first)).isCloseTo(1, within(1e-6));
  }

  private static double dot(float[] first, float[] second) {
    double sum = 0;
    for (int place = 0; place < first.length; place++) {
      sum += (double) first[place] * second[place];
    }
    return sum;
  }

  @Test
  void other_partitions_of_the_data_make_the_same_files() throws IOException {
    spark.conf().set("spark.sql.files.maxPartitionBytes", "100000");
    spark.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    try {
      Path out = folder.resolve("other-partitions");
      Embedding.run(spark, request(out), EmbeddingProgress.SILENT);
      assertThat(files(out)).isEqualTo(expected);
    } finally {
      spark.conf().unset("spark.sql.files.maxPartitionBytes");
      spark.conf().unset("spark.sql.parquet.enableVectorizedReader");
    }
  }

  @Test
  void a_killed_call_is_gone_on_with_where_it_was() throws IOException {
    Path out = killed("killed");
    Path kept = out.resolve("embeddings/train-00000.parquet");
    Path missing = out.resolve("embeddings/train-00001.parquet");
    Path cut = out.resolve("embeddings/test-00001.parquet");
    Files.delete(missing);
    try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    Files.createFile(out.resolve("embeddings/.test-00000.parquet.7.incomplete"));
    Object before = Files.readAttributes(kept, "lastModifiedTime").get("lastModifiedTime");
    List<Long> told = new ArrayList<>();

    Embedding.run(spark, request(out), (done, total) -> told.add(done));

    assertThat(files(out)).isEqualTo(expected);
    assertThat(Files.readAttributes(kept, "lastModifiedTime")).containsValue(before);
    assertThat(told).startsWith(128L + 128L).endsWith(324L).isSorted();
  }

  @Test
  void a_call_that_was_killed_before_it_had_made_anything_is_made_again() throws IOException {
    // Its mark is there, the folder of its files is not yet.
    Path marked = killed("marked");
    FileUtils.deleteDirectory(marked.resolve("embeddings").toFile());
    // Not even its mark was written to the end.
    Path unmarked = Files.createDirectories(folder.resolve("unmarked"));
    Files.writeString(unmarked.resolve("._EMBEDDING.incomplete"), "{");

    for (Path out : List.of(marked, unmarked)) {
      assertThat(new EmbeddingFolder(new Configuration(), out.toString()).existing(request(out)))
          .isEmpty();
      Embedding.run(spark, request(out), EmbeddingProgress.SILENT);
      assertThat(files(out)).isEqualTo(expected);
    }
  }

  @Test
  void remains_of_another_checkpoint_are_begun_anew() throws IOException {
    Path out = killed("remains");
    TrainedEncoders others = motion.encoders(4, 2);

    List<Long> told = new ArrayList<>();
    Embedding.run(
        spark,
        request(others, EmbeddingVector.REPRESENTATION, BOTH, out, false),
        (done, total) -> told.add(done));

    assertThat(told).startsWith(0L);
    assertThat(files(out).keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (file, checksum) -> assertThat(uncheckedFiles(out)).doesNotContainEntry(file, checksum));
  }

  private static Map<String, String> uncheckedFiles(Path out) {
    try {
      return files(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void an_output_is_left_as_it_is_unless_replacing_is_asked_for() throws IOException {
    Path out = folder.resolve("finished");
    EmbeddingRequest test =
        request(encoders, EmbeddingVector.REPRESENTATION, List.of(Split.TEST), out, false);
    Embedding.run(spark, test, EmbeddingProgress.SILENT);
    Map<String, String> before = files(out);

    Embedding.run(
        spark,
        test,
        (done, total) -> {
          throw new AssertionError("nothing is to be done");
        });
    assertThatThrownBy(
            () ->
                Embedding.run(
                    spark,
                    request(encoders, EmbeddingVector.HEAD, List.of(Split.TEST), out, false),
                    EmbeddingProgress.SILENT))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("its vector is representation, asked for is head")
        .hasMessageContaining("--overwrite");
    assertThat(files(out)).isEqualTo(before);

    Embedding.run(
        spark,
        request(encoders, EmbeddingVector.HEAD, List.of(Split.TEST), out, true),
        EmbeddingProgress.SILENT);
    Row row = rows(out).get(0);
    float[] embedding = floats(row, "joint");
    assertThat(embedding).hasSize(6);
    assertThat(dot(embedding, embedding)).isCloseTo(1, within(1e-5));
  }

  @Test
  void a_folder_with_something_else_is_refused() throws IOException {
    Path out = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(out.resolve("thesis.tex"), "years of work");

    for (boolean overwrite : new boolean[] {false, true}) {
      assertThatThrownBy(
              () ->
                  Embedding.run(
                      spark,
                      request(encoders, EmbeddingVector.HEAD, BOTH, out, overwrite),
                      EmbeddingProgress.SILENT))
          .isInstanceOf(EmbeddingException.class)
          .hasMessageContaining("thesis.tex");
    }
    assertThat(out.resolve("thesis.tex")).hasContent("years of work");
  }

  @Test
  void encoders_that_diverged_are_named() {
    TrainedEncoders diverged = motion.encoders(4, 5);
    Arrays.fill(diverged.parameters()[1], Float.NaN);
    Path out = folder.resolve("diverged");

    assertThatThrownBy(
            () ->
                Embedding.run(
                    spark,
                    request(diverged, EmbeddingVector.REPRESENTATION, BOTH, out, false),
                    EmbeddingProgress.SILENT))
        .hasMessageContaining("the bone-motion encoder's vector of sequence ")
        .hasMessageContaining("is not finite");
    assertThat(out.resolve(EmbeddingFolder.MANIFEST)).doesNotExist();
  }

  @Test
  void an_output_is_read_back_row_by_row() throws IOException {
    EmbeddedSequences read =
        EmbeddingReader.read(spark, undisturbed.toString(), EmbeddingSchema.COMBINED);
    List<Row> rows = rows(undisturbed);

    int[] test = read.rows(List.of(Split.TEST));
    assertThat(test).hasSize(162);
    for (int place = 0; place < test.length; place++) {
      // Ordered by name, test comes before train.
      Row row = rows.get(place);
      assertThat(read.sequences().get(test[place]).id()).isEqualTo(row.getString(2));
      assertThat(read.vectors(new int[] {test[place]}).values())
          .containsExactly(floats(row, EmbeddingSchema.COMBINED));
    }
    assertThatThrownBy(() -> EmbeddingReader.read(spark, undisturbed.toString(), "bone"))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("choose from joint, bone_motion, combined");
  }

  @Test
  void only_the_files_of_the_manifest_belong_to_an_output() throws IOException {
    Path out = folder.resolve("altered");
    FileUtils.copyDirectory(undisturbed.toFile(), out.toFile());
    Path part = out.resolve("embeddings/test-00000.parquet");
    Files.copy(part, part.resolveSibling("test-00000-copy.parquet"));
    assertThat(
            EmbeddingReader.read(spark, out.toString(), EmbeddingSchema.COMBINED)
                .rows(List.of(Split.TEST)))
        .hasSize(162);

    byte[] whole = Files.readAllBytes(part);
    byte[] altered = whole.clone();
    // Within the last column, that of the combined vectors.
    altered[whole.length * 3 / 4] ^= 1;
    Files.write(part, altered);
    // Hadoop's own checksums of local files are not what is tried.
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    assertThatThrownBy(() -> EmbeddingReader.read(spark, out.toString(), EmbeddingSchema.COMBINED))
        .hasStackTraceContaining("CRC");
    Files.write(part, whole);

    Files.write(part, new byte[] {0}, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> EmbeddingReader.read(spark, out.toString(), EmbeddingSchema.COMBINED))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("test-00000.parquet is of " + Files.size(part) + " bytes")
        .hasMessageContaining("--overwrite");
    Files.delete(part);
    assertThatThrownBy(() -> EmbeddingReader.read(spark, out.toString(), EmbeddingSchema.COMBINED))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("test-00000.parquet is missing");
  }
}
