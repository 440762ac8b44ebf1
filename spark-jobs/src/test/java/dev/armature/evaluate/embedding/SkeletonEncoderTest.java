package dev.armature.evaluate.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.LocalSpark;
import dev.armature.dataset.Split;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkeletonEncoderTest {
  private static final int JOINTS = 25;

  @TempDir private static Path folder;
  private static SparkSession spark;
  private static GeneratedMotion motion;
  private static TrainedEncoders encoders;
  private static Dataset<Row> sequences;

  @BeforeAll
  static void prepare() {
    spark = LocalSpark.session(2);
    motion = GeneratedMotion.prepare(spark, folder);
    encoders = motion.encoders(16, 1);
    sequences = spark.read().parquet(motion.uri() + "/sequences").cache();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static List<Vector> vectors(Dataset<Row> encoded) {
    return encoded.select("embedding").collectAsList().stream()
        .map(row -> (Vector) row.get(0))
        .toList();
  }

  private static Dataset<Row> few() {
    return sequences.orderBy("split", "index").limit(3).coalesce(1);
  }

  @Test
  void a_pipeline_with_logistic_regression_tells_actions_apart_also_once_it_is_saved()
      throws IOException {
    SkeletonEncoder encoder = new SkeletonEncoder(encoders);
    LogisticRegression regression =
        new LogisticRegression()
            .setFeaturesCol("embedding")
            .setLabelCol("label")
            .setRegParam(1e-3)
            .setMaxIter(10);
    Dataset<Row> training = sequences.where("split = 'train'").repartition(2);
    Dataset<Row> test = sequences.where("split = 'test'");

    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {encoder, regression}).fit(training);

    Dataset<Row> predicted = model.transform(test);
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setLabelCol("label")
            .setMetricName("accuracy")
            .evaluate(predicted);
    // Chance is 1/18; these encoders have learned nothing.
    assertThat(accuracy).isGreaterThan(2.5 / 18);
    String saved = folder.resolve("pipeline").toUri().toString();
    model.write().overwrite().save(saved);
    PipelineModel loaded = PipelineModel.load(saved);
    assertThat(predictions(loaded.transform(test))).isEqualTo(predictions(predicted));
    SkeletonEncoder read = (SkeletonEncoder) loaded.stages()[0];
    assertThat(read.uid()).isEqualTo(encoder.uid());
    assertThat(read.encoders().checksum()).isEqualTo("checkpoint-1");
    assertThat(read.encoders().provenance()).isEqualTo(encoders.provenance());
  }

  private static List<Row> predictions(Dataset<Row> predicted) {
    return predicted.orderBy("index").select("id", "prediction").collectAsList();
  }

  @Test
  void parameters_are_saved_and_damaged_weights_refused() throws IOException {
    Path saved = folder.resolve("encoder");
    new SkeletonEncoder(encoders)
        .setModality("bone-motion")
        .setVector("head")
        .setOutputCol("code")
        .setHandleInvalid("skip")
        .save(saved.toString());

    SkeletonEncoder read = SkeletonEncoder.load(saved.toString());
    Dataset<Row> encoded = read.transform(few());

    assertThat(encoded.columns()).endsWith("code");
    assertThat(AttributeGroup.fromStructField(encoded.schema().apply("code")).size()).isEqualTo(6);
    assertThat(((Vector) encoded.select("code").first().get(0)).size()).isEqualTo(6);
    assertThat(read.explainParams()).contains("handleInvalid", "current: skip");
    try (RandomAccessFile file =
        new RandomAccessFile(saved.resolve(EncoderFile.NAME).toFile(), "rw")) {
      file.seek(file.length() - 3);
      file.write(7);
    }
    assertThatThrownBy(() -> SkeletonEncoder.load(saved.toString()))
        .hasMessageContaining("cut short or altered")
        .hasMessageContaining("export the encoders again");
  }

  @Test
  void vectors_are_those_of_embed_but_for_the_last_bits() throws IOException {
    Path out = folder.resolve("embedded");
    Embedding.run(
        spark,
        new EmbeddingRequest(
            encoders,
            EmbeddingVector.REPRESENTATION,
            motion.uri(),
            motion.manifest(),
            List.of(Split.TEST),
            out.toString(),
            false,
            1,
            Map.of()),
        EmbeddingProgress.SILENT);
    List<Row> embedded =
        spark
            .read()
            .parquet(out.resolve("embeddings").toString())
            .orderBy("index")
            .limit(3)
            .select("combined")
            .collectAsList();

    List<Vector> found = vectors(new SkeletonEncoder(encoders).transform(few()));

    for (int row = 0; row < 3; row++) {
      List<Float> values = embedded.get(row).getList(0);
      for (int place = 0; place < values.size(); place++) {
        assertThat(found.get(row).apply(place)).isCloseTo(values.get(place), within(1e-5));
      }
    }
  }

  @Test
  void nested_and_double_coordinates_have_the_vectors_of_flat_ones() {
    List<Vector> flat = vectors(new SkeletonEncoder(encoders).transform(few()));
    List<Row> nested = new ArrayList<>();
    for (Row row : few().collectAsList()) {
      nested.add(RowFactory.create(nested(row)));
    }
    DataType type = DataTypes.DoubleType;
    for (int depth = 0; depth < 4; depth++) {
      type = DataTypes.createArrayType(type);
    }
    Dataset<Row> frame =
        spark.createDataFrame(nested, new StructType().add("skeleton", type)).coalesce(1);

    assertThat(vectors(new SkeletonEncoder(encoders).setInputCol("skeleton").transform(frame)))
        .isEqualTo(flat);
    Dataset<Row> doubles =
        few().withColumn("coordinates", functions.col("coordinates").cast("array<double>"));
    assertThat(vectors(new SkeletonEncoder(encoders).transform(doubles))).isEqualTo(flat);
  }

  /** Frames × persons × joints × 3. */
  private static List<List<List<List<Double>>>> nested(Row row) {
    List<Float> numbers = row.getList(row.fieldIndex("coordinates"));
    int persons = row.getInt(row.fieldIndex("persons"));
    int frames = numbers.size() / (persons * JOINTS * 3);
    List<List<List<List<Double>>>> nested = new ArrayList<>();
    int next = 0;
    for (int frame = 0; frame < frames; frame++) {
      List<List<List<Double>>> bodies = new ArrayList<>();
      for (int person = 0; person < persons; person++) {
        List<List<Double>> joints = new ArrayList<>();
        for (int joint = 0; joint < JOINTS; joint++) {
          joints.add(
              List.of(
                  (double) numbers.get(next),
                  (double) numbers.get(next + 1),
                  (double) numbers.get(next + 2)));
          next += 3;
        }
        bodies.add(joints);
      }
      nested.add(bodies);
    }
    return nested;
  }

  @Test
  void coordinates_of_a_sensor_are_normalized_as_prepare_does_it() {
    SkeletonEncoder encoder = new SkeletonEncoder(encoders).setNormalize(true);

    List<Vector> found = vectors(encoder.transform(seenFrom(1)));

    List<Vector> expected = vectors(encoder.transform(seenFrom(3)));
    for (int row = 0; row < expected.size(); row++) {
      assertThat(found.get(row).toArray())
          .containsExactly(expected.get(row).toArray(), within(2e-3));
    }
  }

  /** As if the sensor stood elsewhere. */
  private static Dataset<Row> seenFrom(int place) {
    String moved = "transform(coordinates, (x, i) -> x + float(i %% 3 + %d))".formatted(place);
    return few().withColumn("coordinates", functions.expr(moved));
  }

  @Test
  void rows_without_a_sequence_fail_are_left_out_or_stay_with_nan() {
    StructType schema =
        new StructType()
            .add("id", DataTypes.StringType)
            .add("persons", DataTypes.IntegerType)
            .add("coordinates", DataTypes.createArrayType(DataTypes.FloatType));
    Float[] sound = new Float[4 * JOINTS * 3];
    Arrays.fill(sound, 0.5f);
    Float[] torn = Arrays.copyOf(sound, 100);
    Float[] infinite = sound.clone();
    infinite[7] = Float.POSITIVE_INFINITY;
    Dataset<Row> rows =
        spark.createDataFrame(
            List.of(
                RowFactory.create("sound", 1, sound),
                RowFactory.create("null", 1, null),
                RowFactory.create("torn", 1, torn),
                RowFactory.create("infinite", 1, infinite),
                RowFactory.create("crowd", 4, sound),
                RowFactory.create("unknown", null, sound),
                // As many persons as make a product of 0 in 32 bits.
                RowFactory.create("garbled", 1 << 30, sound)),
            schema);

    Dataset<Row> kept = new SkeletonEncoder(encoders).setHandleInvalid("keep").transform(rows);
    assertThat(kept.count()).isEqualTo(7);
    for (Row row : kept.collectAsList()) {
      double[] vector = ((Vector) row.get(3)).toArray();
      assertThat(vector).hasSize(64);
      assertThat(Arrays.stream(vector).allMatch(Double::isNaN))
          .isEqualTo(!row.getString(0).equals("sound"));
    }
    assertThat(
            new SkeletonEncoder(encoders).setHandleInvalid("skip").transform(rows).collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("sound");
    for (String[] bad :
        new String[][] {
          {"null", "it is null"},
          {"torn", "it has 100 numbers, which make no whole frames of 1 persons × 25 joints × 3"},
          {"infinite", "its number 8 is Infinity"},
          {"crowd", "it has 4 persons, the encoders take"},
          {"unknown", "its number of persons is null"}
        }) {
      assertThatThrownBy(
              () ->
                  new SkeletonEncoder(encoders)
                      .transform(rows.where(functions.col("id").equalTo(bad[0])))
                      .collect())
          .hasStackTraceContaining("row " + bad[0] + " holds no sequence: " + bad[1])
          .hasStackTraceContaining("handleInvalid to skip or keep");
    }
  }

  @Test
  void what_other_columns_say_of_themselves_stays() {
    Metadata names = new MetadataBuilder().putStringArray("names", new String[] {"a", "b"}).build();
    StructType schema =
        new StructType()
            .add(new StructField("class", DataTypes.DoubleType, true, names))
            .add("coordinates", DataTypes.createArrayType(DataTypes.FloatType));
    StructType with =
        new SkeletonEncoder(encoders)
            .transform(spark.createDataFrame(List.<Row>of(), schema))
            .schema();
    assertThat(with.apply("class").metadata()).isEqualTo(names);
    assertThat(with).isEqualTo(new SkeletonEncoder(encoders).transformSchema(schema));
  }

  @Test
  void the_number_of_persons_is_asked_for_where_coordinates_do_not_tell_it() {
    StructType nested =
        new StructType()
            .add("persons", DataTypes.StringType)
            .add(
                "coordinates",
                DataTypes.createArrayType(
                    DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType))));
    assertThat(new SkeletonEncoder(encoders).transformSchema(nested).fieldNames())
        .containsExactly("persons", "coordinates", "embedding");
  }

  @Test
  void columns_that_do_not_fit_are_named_with_what_was_found_and_expected() {
    SkeletonEncoder encoder = new SkeletonEncoder(encoders);
    StructType schema = sequences.schema();

    assertThatThrownBy(
            () -> new SkeletonEncoder(encoders).setInputCol("skeleton").transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no column 'skeleton'; set inputCol")
        .hasMessageContaining("coordinates");
    assertThatThrownBy(
            () -> new SkeletonEncoder(encoders).setInputCol("label").transformSchema(schema))
        .hasMessageContaining("column 'label' (inputCol) is int, expected array<float>");
    assertThatThrownBy(
            () -> new SkeletonEncoder(encoders).setPersonsCol("id").transformSchema(schema))
        .hasMessageContaining("column 'id' (personsCol) is string, expected int");
    assertThatThrownBy(
            () -> new SkeletonEncoder(encoders).setPersonsCol("people").transformSchema(schema))
        .hasMessageContaining("there is no column 'people'; set personsCol");
    assertThatThrownBy(() -> encoder.transformSchema(schema.add("embedding", DataTypes.LongType)))
        .hasMessageContaining("column 'embedding' (outputCol) is there already");
    assertThatThrownBy(() -> encoder.setModality("acceleration"))
        .hasMessageContaining(
            "modality is 'acceleration', expected one of combined, joint, bone-motion");
    assertThatThrownBy(() -> encoder.set("handleInvalid", "ignore"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(encoder.transformSchema(schema)).isEqualTo(encoder.transform(sequences).schema());
  }

  @Test
  void a_copy_has_the_parameters_and_those_that_are_given() {
    SkeletonEncoder encoder = new SkeletonEncoder(encoders).setOutputCol("first");

    SkeletonEncoder copy = encoder.copy(new ParamMap().put(encoder.modality(), "joint"));

    assertThat(copy.uid()).isEqualTo(encoder.uid());
    assertThat(copy.getOrDefault(copy.outputCol())).isEqualTo("first");
    assertThat(copy.getOrDefault(copy.modality())).isEqualTo("joint");
    assertThat(encoder.getOrDefault(encoder.modality())).isEqualTo("combined");
  }
}
