package dev.armature.dataset.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.LocalSpark;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import dev.armature.dataset.synthetic.GeneratedTexts;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
  private static final SyntheticOptions SMALL = new SyntheticOptions(2, 1, 1, 7);

  /**
   * All actions of one person, seen by the first two cameras: one for testing, one for training.
   */
  private static final int TEXTS = 36;

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
  void generated_motion_is_prepared_and_read_back_in_order() {
    Manifest manifest = Preparation.run(spark, synthetic());

    assertThat(Manifest.read(hadoop(), output())).isEqualTo(manifest);
    assertThat(manifest.split(Split.TRAIN).sequences()).isEqualTo(54);
    assertThat(manifest.split(Split.TEST).perClass()).hasSize(18).containsOnly(3);
    assertThat(manifest.split(Split.TRAIN).frames().min()).isGreaterThanOrEqualTo(60);
    assertThat(manifest.persons()).isEqualTo(2);
    assertThat(manifest.layout().joints()).hasSize(25);
    assertThat(manifest.setAside().total()).isZero();

    for (int partitions : new int[] {1, 3, 60}) {
      List<StoredSequence> read =
          SkeletonStore.read(spark, output(), Split.TRAIN, partitions).collect();
      assertThat(read).extracting(StoredSequence::index).isSorted().hasSize(54);
      assertThat(read.get(53).index()).isEqualTo(53);
      assertThat(read).extracting(stored -> stored.sequence().id()).isSorted();
    }
    assertThat(SkeletonStore.read(spark, output(), Split.TEST, 5).glom().map(List::size).collect())
        .as("partitions of a size, give or take one")
        .isSubsetOf(10, 11);
  }

  @Test
  void arrays_keep_their_order_whatever_their_sequences_are_called() throws Exception {
    String source = Path.of(PreparationTest.class.getResource("/numpy/good").toURI()).toString();
    Preparation.run(spark, PrepareRequest.of(DatasetKind.NPY, source, Protocol.XSUB, output()));

    assertThat(SkeletonStore.read(spark, output(), Split.TRAIN).collect())
        .extracting(stored -> stored.index() + " " + stored.sequence().id())
        .containsExactly("0 S001C002P003R002A004", "1 S001C001P001R001A001");
  }

  @Test
  void pickles_and_archives_are_read_by_tasks() throws Exception {
    String pickle =
        Path.of(PreparationTest.class.getResource("/pyskl/protocol4.pkl").toURI()).toString();
    Manifest manifest =
        Preparation.run(
            spark,
            PrepareRequest.of(DatasetKind.PYSKL, pickle, Protocol.XSUB, output())
                .withSplits("val", "train"));
    assertThat(manifest.split(Split.TRAIN).sequences()).isEqualTo(4);
    assertThat(manifest.options()).containsEntry("splits", "val,train");

    String archive =
        Path.of(PreparationTest.class.getResource("/npz/deflated.npz").toURI()).toString();
    String other = output() + "-npz";
    Preparation.run(spark, PrepareRequest.of(DatasetKind.NPZ, archive, Protocol.XSUB, other));
    assertThat(SkeletonStore.read(spark, other, Split.TRAIN).collect())
        .extracting(stored -> stored.sequence().id())
        .containsExactly("train-00000000", "train-00000001", "train-00000002");
  }

  @Test
  void what_is_read_is_what_the_checksum_was_made_of() {
    Manifest manifest = Preparation.run(spark, synthetic());
    ContentChecksum checksum = ContentChecksum.EMPTY;
    for (Split split : Split.values()) {
      for (StoredSequence stored : SkeletonStore.read(spark, output(), split).collect()) {
        checksum = checksum.then(ContentChecksum.of(split, stored.sequence()));
      }
    }
    assertThat(checksum.hex()).isEqualTo(manifest.checksum());
  }

  @Test
  void columns_are_read_as_they_lie_and_rows_where_spark_has_no_columns() {
    Preparation.run(spark, synthetic());
    Dataset<Row> columns =
        StoredRows.table(spark.newSession(), output(), Split.TRAIN, functions.col("index").geq(3));
    assertThat(StoredRows.columns(columns.queryExecution().executedPlan())).isPresent();
    SparkSession byRow = spark.newSession();
    byRow.conf().set("spark.sql.parquet.enableVectorizedReader", false);
    Dataset<Row> rows =
        StoredRows.table(byRow, output(), Split.TRAIN, functions.col("index").geq(3));
    assertThat(StoredRows.columns(rows.queryExecution().executedPlan())).isEmpty();

    List<StoredSequence> fromColumns = inOrder(StoredRows.sequences(columns, index -> index >= 3));
    assertThat(fromColumns).hasSize(51).extracting(StoredSequence::index).isSorted();
    assertThat(inOrder(StoredRows.sequences(rows, index -> index >= 3)))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(fromColumns);
  }

  private static List<StoredSequence> inOrder(JavaRDD<StoredSequence> sequences) {
    return sequences.sortBy(StoredSequence::index, true, 1).collect();
  }

  @Test
  void the_checksum_notices_order_but_not_how_sequences_are_cut() {
    ContentChecksum first = new ContentChecksum(3, 5, 7);
    ContentChecksum second = new ContentChecksum(11, 13, 7);
    ContentChecksum third = new ContentChecksum(17, 19, 7);
    assertThat(first.then(second)).isNotEqualTo(second.then(first));
    assertThat(first.then(second).then(third)).isEqualTo(first.then(second.then(third)));
    assertThat(ContentChecksum.EMPTY.then(first)).isEqualTo(first);
    assertThat(first.then(ContentChecksum.EMPTY)).isEqualTo(first);
  }

  @Test
  void anyone_with_spark_can_read_the_table() {
    Preparation.run(spark, synthetic());
    Row row =
        spark
            .read()
            .parquet(folder.resolve("store/sequences").toUri().toString())
            .where("split = 'test' and index = 4")
            .select(
                functions.expr("frames * persons * joints * 3 = size(coordinates)"),
                functions.col("id"))
            .first();
    assertThat(row.getBoolean(0)).isTrue();
    assertThat(row.getString(1)).startsWith("S001C001P002R001A");
  }

  @Test
  void bad_files_are_set_aside_and_named_and_the_others_prepared() throws IOException {
    Path source = badAndGoodTexts();
    List<Long> progress = new ArrayList<>();
    Manifest manifest =
        Preparation.run(
            spark,
            ntu(source).withMissing(missing("S001C001P001R001A002")),
            (done, setAside, total) -> progress.add(done));

    assertThat(manifest.setAside().byFault())
        .isEqualTo(
            Map.of(
                "joints",
                1,
                "label",
                1,
                "listed-as-missing",
                1,
                "name",
                1,
                "no-body",
                1,
                "not-finite",
                1,
                "too-short",
                1,
                "unreadable",
                2));
    assertThat(manifest.setAside().total()).isEqualTo(9);
    assertThat(manifest.setAside().listed())
        .contains(
            new Manifest.Omission(
                "S001C001P001R001A005",
                "joints",
                "it has 17 joints where layout 'kinect-v2' has 25"),
            new Manifest.Omission(
                "S001C001P001R001A061", "label", "action 61 is outside the classes 1 to 60"));
    assertThat(manifest.setAside().listed())
        .filteredOn(one -> one.fault().equals("unreadable"))
        .extracting(Manifest.Omission::reason)
        .containsExactly(
            "line 41: the file ends where a joint is expected; it is cut short",
            "it does not match the checksum that was stored beside it");
    assertThat(manifest.split(Split.TRAIN).sequences() + manifest.split(Split.TEST).sequences())
        .isEqualTo(TEXTS - 7);
    assertThat(manifest.classes().names()).hasSize(60).startsWith("drink water");
    assertThat(progress).last().isEqualTo(TEXTS - 1L);
  }

  @Test
  void strict_preparation_fails_with_the_first_bad_files_and_writes_nothing() throws IOException {
    PrepareRequest request = ntu(badAndGoodTexts()).strictly();
    assertThatThrownBy(() -> Preparation.run(spark, request))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(
            "8 of 36 recordings are bad, and strict preparation was asked for: ")
        .hasMessageContaining("S001C001P001R001A003: line 41: ");
    assertThat(folder.resolve("store")).doesNotExist();
  }

  @Test
  void an_empty_split_is_an_error() throws IOException {
    Path source = Files.createDirectory(folder.resolve("one"));
    GeneratedTexts.write(SMALL, source.toUri().toString(), 4, hadoop());
    assertThatThrownBy(() -> Preparation.run(spark, ntu(source)))
        .hasMessage(
            "the train split is empty: of 4 recordings in %s, protocol xview puts 0 there, and 0 recordings were set aside; check the source and the protocol"
                .formatted(source.toUri()));
  }

  @Test
  void the_same_preparation_again_changes_nothing_and_another_is_refused() throws IOException {
    Manifest first = Preparation.run(spark, synthetic());
    List<String> heard = new ArrayList<>();
    Manifest second =
        Preparation.run(
            spark,
            synthetic(),
            new PreparationListener() {
              @Override
              public void reading(long done, long setAside, long total) {
                heard.add("reading");
              }

              @Override
              public void alreadyPrepared(String output) {
                heard.add(output);
              }
            });
    assertThat(second).isEqualTo(first);
    assertThat(heard).containsExactly(output());

    PrepareRequest other = synthetic().withSynthetic(new SyntheticOptions(2, 1, 1, 8));
    assertThatThrownBy(() -> Preparation.run(spark, other))
        .hasMessageStartingWith(output() + " holds another prepared data set: its options is ")
        .hasMessageEndingWith("choose another --out, or delete that folder first");
  }

  @Test
  void a_folder_with_something_else_is_refused_and_left_alone() throws IOException {
    Path note = Files.createDirectory(folder.resolve("store")).resolve("thesis.tex");
    Files.writeString(note, "precious");
    assertThatThrownBy(() -> Preparation.run(spark, synthetic()))
        .hasMessage(
            output()
                + " holds something else (thesis.tex); choose another --out, a folder that is not there yet");
    assertThat(note).hasContent("precious");
  }

  @Test
  void an_unfinished_store_is_no_data_set_and_is_made_anew() throws IOException {
    OutputFolder unfinished = new OutputFolder(hadoop(), output());
    unfinished.begin();
    Files.createDirectories(folder.resolve("store/sequences/split=train"));
    assertThatThrownBy(() -> SkeletonStore.read(spark, output(), Split.TRAIN))
        .hasMessage(output() + " is not a prepared data set: it has no manifest.json; run prepare");

    Preparation.run(spark, synthetic());
    assertThat(SkeletonStore.read(spark, output(), Split.TRAIN).count()).isEqualTo(54);
    assertThat(folder.resolve("store/_PREPARING")).doesNotExist();
  }

  @Test
  void a_manifest_of_another_format_or_garbled_is_refused() throws IOException {
    Path store = Files.createDirectory(folder.resolve("store"));
    Files.writeString(store.resolve("manifest.json"), "{\"format\": \"armature-skeletons-9\"}");
    assertThatThrownBy(() -> Manifest.read(hadoop(), output()))
        .hasMessageEndingWith(
            "manifest.json is of format 'armature-skeletons-9', this version reads 'armature-skeletons-1'; run prepare again with another --out");
    Files.writeString(store.resolve("manifest.json"), "{\"format\": ");
    assertThatThrownBy(() -> Manifest.read(hadoop(), output()))
        .hasMessageContaining("manifest.json is garbled");
  }

  @Test
  void an_unknown_data_set_is_refused_with_those_there_are() {
    assertThat(DatasetKind.of("utd-mhad")).isEqualTo(DatasetKind.UTD_MHAD);
    assertThatThrownBy(() -> DatasetKind.of("pku"))
        .hasMessage(
            "no data set is named 'pku'; there are ntu60, ntu120, npy, utd-mhad, pku-mmd-1, pku-mmd-2, nw-ucla, pyskl, npz, parquet, synthetic");
  }

  @Test
  void every_coordinate_of_a_prepared_text_is_that_of_the_generated_motion() throws IOException {
    Path source = Files.createDirectory(folder.resolve("texts"));
    GeneratedTexts.write(SMALL, source.toUri().toString(), TEXTS, hadoop());
    Preparation.run(spark, ntu(source));
    SkeletonSequence fromText = SkeletonStore.read(spark, output(), Split.TRAIN).first().sequence();
    String direct = folder.resolve("direct").toUri().toString();
    Preparation.run(
        spark,
        PrepareRequest.of(DatasetKind.SYNTHETIC, "synthetic", Protocol.XVIEW, direct)
            .withSynthetic(SMALL));
    SkeletonSequence generated = SkeletonStore.read(spark, direct, Split.TRAIN).first().sequence();

    assertThat(fromText.id()).isEqualTo(generated.id());
    assertThat(fromText.coordinates()).isEqualTo(generated.coordinates());
  }

  /** Generated texts, six of them spoilt, and two with names that are not taken. */
  private Path badAndGoodTexts() throws IOException {
    Path source = Files.createDirectory(folder.resolve("texts"));
    GeneratedTexts.write(SMALL, source.toUri().toString(), TEXTS, hadoop());
    List<String> lines = Files.readAllLines(source.resolve(name(3)));
    spoil(source, 3, String.join("\n", lines.subList(0, 40)) + "\n");
    lines = new ArrayList<>(Files.readAllLines(source.resolve(name(4))));
    lines.set(6, lines.get(6).replaceFirst("\\S+", "nan"));
    spoil(source, 4, String.join("\n", lines));
    String text = Files.readString(source.resolve(name(5)));
    spoil(source, 5, text.replace("\r\n25\r\n", "\r\n17\r\n"));
    spoil(source, 6, "3\r\n0\r\n0\r\n0\r\n");
    spoil(source, 7, "1\r\n0\r\n");
    // Changed behind the file system's back: the checksum beside it is the old one.
    Files.writeString(source.resolve(name(8)), "3\r\n0\r\n0\r\n0\r\n");
    Files.writeString(source.resolve(name(61)), "");
    Files.writeString(source.resolve("notes.skeleton"), "");
    return source;
  }

  private static void spoil(Path source, int action, String text) throws IOException {
    Files.delete(source.resolve("." + name(action) + ".crc"));
    Files.writeString(source.resolve(name(action)), text);
  }

  private static String name(int action) {
    return "S001C001P001R001A%03d.skeleton".formatted(action);
  }

  private String missing(String... names) throws IOException {
    Path list = folder.resolve("missing.txt");
    Files.write(
        list,
        Stream.concat(
                Stream.of("The following samples have missing skeletons:", ""),
                Arrays.stream(names))
            .toList());
    return list.toUri().toString();
  }

  private PrepareRequest synthetic() {
    return PrepareRequest.of(DatasetKind.SYNTHETIC, "synthetic", Protocol.XSUB, output())
        .withSynthetic(SMALL);
  }

  private PrepareRequest ntu(Path source) {
    return PrepareRequest.of(
        DatasetKind.NTU60, source.toUri().toString(), Protocol.XVIEW, output());
  }

  private String output() {
    // Without the slash that a folder's URI ends in once the folder is there.
    return folder.toUri() + "store";
  }

  private static Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
