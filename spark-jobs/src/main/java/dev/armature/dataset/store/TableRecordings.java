package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Recording;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.dataset.SplitRule;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * Sequences of a user's own Parquet table. In the prepared data set they are in the order of their
 * ids, whatever the table's files and rows.
 */
final class TableRecordings implements RecordingSource {
  /** Labels count classes; one beyond this is a mistake, not a class. */
  private static final int MOST_CLASSES = 10_000;

  private final SparkSession spark;
  private final PrepareRequest request;
  private final SkeletonLayout layout;
  private final Dataset<Row> rows;
  private final SequenceTable table;
  private final List<Broadcast<?>> shared = new ArrayList<>();

  /**
   * @throws DatasetException if the table is not there, its columns do not fit, or there is no
   *     layout
   * @throws IOException if the file system fails
   */
  TableRecordings(SparkSession spark, PrepareRequest request) throws IOException {
    this.spark = spark;
    this.request = request;
    this.layout =
        request
            .layout()
            .orElseThrow(
                () ->
                    new DatasetException(
                        "a table does not say what its joints are: give --layout, a file or one of %s"
                            .formatted(SkeletonLayouts.names())));
    this.rows = read(spark, request.source());
    this.table =
        SequenceTable.of(
            rows.schema(), request.source(), request.protocol(), !request.training().isEmpty());
  }

  private static Dataset<Row> read(SparkSession spark, String source) throws IOException {
    Path path = new Path(source);
    if (!path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
      throw new DatasetException("%s is not there; check the source".formatted(source));
    }
    try {
      return spark.read().parquet(source);
    } catch (Exception wrong) {
      // What Spark throws here is checked, though Java is not told so.
      if (wrong instanceof AnalysisException || wrong instanceof SparkException) {
        throw new DatasetException(
            "%s cannot be read as Parquet: %s"
                .formatted(source, wrong.getMessage().lines().findFirst().orElse("")),
            wrong);
      }
      throw wrong;
    }
  }

  @Override
  public Inventory inventory() {
    List<Row> listed = rows.select(table.listing()).collectAsList();
    long nameless = listed.stream().filter(row -> row.isNullAt(0)).count();
    if (listed.isEmpty() || nameless > 0) {
      throw new DatasetException(
          listed.isEmpty()
              ? "%s holds no rows".formatted(request.source())
              : "%s has %d rows without an id; every sequence needs one of its own"
                  .formatted(request.source(), nameless));
    }
    List<String> classNames = table.named() ? names(listed) : List.of();
    SplitRule rule =
        SplitRule.of(
            request.protocol(), request.training().stream().mapToInt(Integer::intValue).toArray());
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    for (Row row : listed) {
      String id = row.getString(0);
      int label = label(row, classNames);
      Optional<Split> split =
          table.parted()
              ? split(row.getString(2))
              : split(rule, row.getInt(3), row.getInt(4), row.getInt(5));
      if (label < 0) {
        setAside.add(
            new SetAside(
                id,
                Fault.LABEL,
                "its label is %s, expected 0 to %d".formatted(row.get(1), MOST_CLASSES - 1)));
      } else if (split.isEmpty()) {
        setAside.add(
            new SetAside(
                id,
                Fault.SPLIT,
                table.parted()
                    ? "its split is %s, expected train or test".formatted(row.get(2))
                    : "protocol %s needs to know its subject, camera or setup, a number from 0 on"
                        .formatted(request.protocol().label())));
      } else {
        recordings.add(
            new Recording(
                id,
                request.source(),
                0,
                Math.max(0, row.getInt(6)),
                label,
                Math.max(0, row.getInt(3)),
                Math.max(0, row.getInt(4)),
                Math.max(0, row.getInt(5)),
                split.get()));
      }
    }
    int classes =
        table.named()
            ? classNames.size()
            : 1 + recordings.stream().mapToInt(Recording::label).max().orElse(0);
    return Inventory.ordered(layout, classes, classNames, recordings, setAside);
  }

  /** Nobody is tested on without being known: it may be a subject of the training split. */
  private Optional<Split> split(SplitRule rule, int subject, int camera, int setup) {
    int decides =
        switch (request.protocol()) {
          case XSUB -> subject;
          case XVIEW -> camera;
          case XSETUP -> setup;
        };
    return decides < 0 ? Optional.empty() : Optional.of(rule.split(subject, camera, setup));
  }

  private static List<String> names(List<Row> listed) {
    TreeSet<String> names = new TreeSet<>();
    listed.stream().filter(row -> !row.isNullAt(1)).forEach(row -> names.add(row.getString(1)));
    if (names.size() > MOST_CLASSES) {
      throw new DatasetException(
          "the column label holds %d different names; at most %d classes are read"
              .formatted(names.size(), MOST_CLASSES));
    }
    return List.copyOf(names);
  }

  private static int label(Row row, List<String> names) {
    if (row.isNullAt(1)) {
      return -1;
    }
    if (row.get(1) instanceof String name) {
      return Collections.binarySearch(names, name);
    }
    long label = row.getLong(1);
    return label >= 0 && label < MOST_CLASSES ? (int) label : -1;
  }

  private static Optional<Split> split(String name) {
    return switch (name == null ? "" : name.strip().toLowerCase(Locale.ROOT)) {
      case "train", "training" -> Optional.of(Split.TRAIN);
      case "test", "val", "validation" -> Optional.of(Split.TEST);
      default -> Optional.empty();
    };
  }

  @Override
  public JavaRDD<Outcome> outcomes(List<Recording> recordings, int tasks, ReadingCounts counts) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < recordings.size(); i++) {
      places.put(recordings.get(i).id(), i);
    }
    Broadcast<Map<String, Integer>> indices = context.broadcast(places);
    Broadcast<List<Recording>> listed = context.broadcast(recordings);
    shared.add(indices);
    shared.add(listed);
    TableTracks tracks = new TableTracks(layout, table.depth());
    return rows.select(table.content())
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitionsToPair(part -> read(part, tracks, indices.value(), listed.value(), counts))
        .repartitionAndSortWithinPartitions(new IndexRanges(tasks, recordings.size()))
        .values();
  }

  /** One row at a time: Spark uses the same object for the next. */
  private static Iterator<Tuple2<Integer, Outcome>> read(
      Iterator<InternalRow> part,
      TableTracks tracks,
      Map<String, Integer> indices,
      List<Recording> recordings,
      ReadingCounts counts)
      throws IOException {
    Normalization normalization = new Normalization(tracks.layout());
    List<Tuple2<Integer, Outcome>> outcomes = new ArrayList<>();
    while (part.hasNext()) {
      InternalRow row = part.next();
      Integer index = indices.get(row.getUTF8String(0).toString());
      if (index != null) {
        Recording recording = recordings.get(index);
        Outcome outcome =
            counts.outcome(recording, () -> normalization.normalize(recording, tracks.tracks(row)));
        outcomes.add(new Tuple2<>(index, outcome));
      }
    }
    return outcomes.iterator();
  }

  @Override
  public void close() {
    shared.forEach(Broadcast::destroy);
  }
}
