package dev.armature.dataset.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.armature.LocalSpark;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table is what the PySpark example of docs/data.md writes. */
class TablePreparationTest {
  private static final SkeletonLayout STICK =
      SkeletonLayouts.read(
          ConfigFactory.parseString(
              """
              name = stick
              joints = [hip, chest, left, right]
              bones { hip = hip, chest = hip, left = chest, right = chest }
              centre = hip
              spine { from = hip, to = chest }
              shoulders { from = left, to = right }
              """));

  private static final StructType COLUMNS =
      StructType.fromDDL(
          "id string, label string, split string, subject int, coordinates array<array<array<array<float>>>>");

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.session(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void a_table_is_prepared_in_the_order_of_its_ids_with_its_classes() {
    Manifest manifest = prepare(table(12), request());

    assertThat(manifest.classes().names()).containsExactly("sit", "stand", "wave");
    assertThat(manifest.layout()).isEqualTo(STICK);
    assertThat(manifest.persons()).isEqualTo(2);
    assertThat(manifest.split(Split.TEST).sequences()).isEqualTo(4);
    List<StoredSequence> stored = SkeletonStore.read(spark, output(), Split.TRAIN, 1).collect();
    assertThat(stored)
        .extracting(one -> one.index() + " " + one.sequence().id() + " " + one.sequence().label())
        .startsWith("0 s00 0", "1 s01 1", "2 s03 0");
    // The hip is the origin, the spine points up, the shoulders along x.
    float[] first = stored.get(0).sequence().coordinates();
    assertThat(first[0]).isZero();
    assertThat(first[5]).isPositive();
    assertThat(Math.abs(first[3])).isLessThan(1e-6f);
    assertThat(first[9]).isGreaterThan(first[6]);
  }

  @Test
  void flat_and_nested_numbers_of_any_type_make_the_same_data_set() {
    Dataset<Row> nested = table(8);
    String checksum = prepare(nested, request()).checksum();
    Dataset<Row> flat =
        nested
            .withColumn(
                "coordinates",
                functions.expr("cast(flatten(flatten(flatten(coordinates))) as array<double>)"))
            .withColumn("persons", functions.lit(2))
            .repartition(5);
    delete();
    assertThat(prepare(flat, request()).checksum()).isEqualTo(checksum);
    delete();
    Dataset<Row> numbered =
        nested.withColumn(
            "label", functions.expr("case label when 'sit' then 0 when 'stand' then 1 else 2 end"));
    Manifest manifest = prepare(numbered, request());
    assertThat(manifest.checksum()).isEqualTo(checksum);
    assertThat(manifest.classes().names()).isEmpty();
  }

  @Test
  void subjects_that_train_may_be_named_instead_of_a_column() {
    PrepareRequest request = request().withTraining(List.of(0));
    Manifest manifest = prepare(table(8).drop("split"), request);
    assertThat(manifest.split(Split.TRAIN).sequences()).isEqualTo(4);
    assertThat(manifest.options()).containsEntry("training", "0");
  }

  @Test
  void whoever_is_not_known_is_neither_trained_nor_tested_on() {
    Dataset<Row> table =
        table(8)
            .drop("split")
            .withColumn(
                "subject",
                functions.expr("case id when 's00' then null when 's01' then -1 else subject end"));
    Manifest manifest = prepare(table, request().withTraining(List.of(0)));
    assertThat(manifest.setAside().byFault()).isEqualTo(Map.of("split", 2));
    assertThat(manifest.split(Split.TRAIN).sequences() + manifest.split(Split.TEST).sequences())
        .isEqualTo(6);
  }

  @Test
  void what_cannot_be_used_is_set_aside_and_counted() {
    Dataset<Row> table =
        table(12)
            .withColumn(
                "coordinates",
                functions.expr(
                    """
                    case id when 's00' then null
                            when 's01' then slice(coordinates, 1, 1)
                            when 's02' then transform(coordinates, f -> slice(f, 1, 0))
                            when 's03' then transform(coordinates, f -> transform(f, p -> slice(p, 1, 3)))
                            when 's04' then transform(coordinates, f -> transform(f, p -> transform(p, j -> slice(j, 1, 2))))
                            when 's05' then transform(coordinates, f -> transform(f, p -> transform(p, j -> transform(j, x -> float('NaN')))))
                            when 's06' then transform(coordinates, f -> transform(f, p -> transform(p, j -> transform(j, x -> cast(null as float)))))
                            when 's07' then transform(coordinates, (f, i) -> if(i = 1, slice(f, 1, 1), f))
                            else coordinates end"""))
            .withColumn("split", functions.expr("if(id = 's08', 'dev', split)"))
            .withColumn("label", functions.expr("if(id = 's09', null, label)"));
    Manifest manifest = prepare(table, request());
    assertThat(manifest.setAside().byFault())
        .isEqualTo(
            Map.of(
                "unreadable",
                5,
                "too-short",
                1,
                "joints",
                1,
                "not-finite",
                1,
                "split",
                1,
                "label",
                1));
    assertThat(manifest.setAside().listed())
        .extracting(one -> one.id() + " " + one.reason())
        .contains(
            "s00 it has no coordinates",
            "s02 it has 0 persons, expected 1 to 16",
            "s03 it has 3 joints where layout 'stick' has 4",
            "s04 frame 1, joint 1 (hip) has 2 numbers, expected x, y and z",
            "s06 null stands among its coordinates; write zeros for a joint that is not seen",
            "s07 frame 2 has 1 persons, the first has 2; write zeros for a person who is not seen",
            "s08 its split is dev, expected train or test",
            "s09 its label is null, expected 0 to 9999");
  }

  @Test
  void flat_numbers_must_be_whole_frames() {
    Dataset<Row> flat =
        table(8)
            .withColumn("coordinates", functions.expr("flatten(flatten(flatten(coordinates)))"))
            .withColumn("persons", functions.expr("if(id = 's00', 7, 2)"))
            .withColumn("frames", functions.expr("if(id = 's01', 3, null)"));
    assertThat(prepare(flat, request()).setAside().listed())
        .extracting(one -> one.id() + " " + one.reason())
        .containsExactly(
            "s00 it has 144 numbers, expected whole frames of 7 persons × 4 joints (layout 'stick') × 3",
            "s01 it has 144 numbers, expected 3 frames of 2 persons × 4 joints (layout 'stick') × 3");
  }

  @Test
  void columns_that_do_not_fit_are_named_all_at_once() {
    Dataset<Row> wrong =
        spark.sql(
            "select 's' as id, 1.5 as label, array(array(1.0)) as coordinates, 'two' as persons, 1 as subject");
    assertThatThrownBy(() -> prepare(wrong, request()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(
            "column coordinates is array<array<decimal(2,1)>>, expected array<float>, or arrays of frames × persons × joints × xyz",
            "column label is decimal(2,1), expected a whole number or the class's name",
            "column persons is string, expected a whole number",
            "it has no column split (train or test), and no --training says which subjects train");
    delete();
    assertThatThrownBy(() -> prepare(table(4), request().withTraining(List.of(1))))
        .hasMessageContaining("it has a column split, and --training says something else");
    delete();
    assertThatThrownBy(() -> prepare(table(4).withColumn("id", functions.lit("same")), request()))
        .hasMessageContaining("recording same is there twice");
    delete();
    assertThatThrownBy(
            () -> prepare(table(4).withColumn("id", functions.lit(null).cast("string")), request()))
        .hasMessageContaining("has 4 rows without an id");
  }

  @Test
  void a_source_that_is_no_parquet_is_refused_without_a_stack() throws Exception {
    Path source = Files.createDirectory(folder.resolve("table"));
    Files.writeString(source.resolve("part.parquet"), "no parquet");
    assertThatThrownBy(() -> Preparation.run(spark, request()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("cannot be read as Parquet");
    assertThatThrownBy(
            () ->
                Preparation.run(
                    spark,
                    PrepareRequest.of(
                        DatasetKind.PARQUET, folder + "/absent", Protocol.XSUB, output())))
        .hasMessageContaining("give --layout");
  }

  private Manifest prepare(Dataset<Row> table, PrepareRequest request) {
    table.write().mode("overwrite").parquet(folder.resolve("table").toString());
    return Preparation.run(spark, request);
  }

  private void delete() {
    for (String name : List.of("store", "table")) {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder.toString(), name);
      try {
        path.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(path, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private PrepareRequest request() {
    return PrepareRequest.of(
            DatasetKind.PARQUET, folder.resolve("table").toString(), Protocol.XSUB, output())
        .withLayout(STICK);
  }

  private String output() {
    return folder.resolve("store").toString();
  }

  /** Two stick figures who lean and walk; every third sequence is for testing. */
  private static Dataset<Row> table(int sequences) {
    List<String> classes = List.of("sit", "stand", "wave");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      List<Object> frames = new ArrayList<>();
      for (int frame = 0; frame < 6; frame++) {
        List<Object> persons = new ArrayList<>();
        for (int person = 0; person < 2; person++) {
          float x = person + 0.1f * frame + 0.01f * i;
          persons.add(
              List.of(
                  List.of(x, 1f, 3f),
                  List.of(x, 1.5f, 3f),
                  List.of(x - 0.2f, 1.4f, 3f),
                  List.of(x + 0.3f, 1.4f, 3.1f)));
        }
        frames.add(persons);
      }
      String id = "s%02d".formatted(i);
      rows.add(
          RowFactory.create(id, classes.get(i % 3), i % 3 == 2 ? "test" : "train", i % 2, frames));
    }
    // Neither the order of rows nor that of files says anything.
    Collections.reverse(rows);
    return spark.createDataFrame(rows, COLUMNS).repartition(3);
  }
}
