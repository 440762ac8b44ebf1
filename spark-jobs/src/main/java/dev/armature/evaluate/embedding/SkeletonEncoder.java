package dev.armature.evaluate.embedding;

import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Trained encoders as a Spark ML transformer: adds a vector to every row that holds a skeleton
 * sequence, for use in a {@code Pipeline}.
 *
 * <p>The input column holds coordinates in metres: all numbers of a sequence in one array (frames ×
 * persons × joints × 3), as the prepared Parquet has them, or nested by frames, joints and axes,
 * with or without persons in between. They are taken to be centred and turned as {@code prepare}
 * does it; with {@code normalize} they are the sensor's own, and this is done here.
 *
 * <p>Parameters, with their defaults: {@code inputCol} (coordinates), {@code personsCol} (persons;
 * looked for only where coordinates are not nested, and optional there), {@code outputCol}
 * (embedding), {@code modality} (combined), {@code vector} (representation), {@code normalize}
 * (false), {@code handleInvalid} (error). Rows are encoded in blocks as they come in their
 * partitions. Native libraries may add up in another order in a block of another size, so that the
 * last bits of a vector can depend on how many rows its partition has; the {@code embed} command
 * has no such freedom.
 *
 * <p>It is saved as Spark ML saves its own, the weights as a safetensors file with a checksum.
 * Setting parameters is for one thread; transforming may be done by several.
 */
public final class SkeletonEncoder extends Transformer implements MLWritable {
  private static final long serialVersionUID = 1;

  /** The value of {@code modality} for all of them together. */
  public static final String COMBINED = "combined";

  private final String uid;
  private final EncodersOnCluster encoders;
  private final Param<String> inputCol;
  private final Param<String> personsCol;
  private final Param<String> outputCol;
  private final Param<String> modality;
  private final Param<String> vector;
  private final BooleanParam normalize;
  private final Param<String> handleInvalid;

  /**
   * @param encoders that encode
   */
  public SkeletonEncoder(TrainedEncoders encoders) {
    this("SkeletonEncoder_" + UUID.randomUUID().toString().substring(0, 12), encoders);
  }

  SkeletonEncoder(String uid, TrainedEncoders encoders) {
    this(uid, new EncodersOnCluster(encoders));
  }

  private SkeletonEncoder(String uid, EncodersOnCluster encoders) {
    SparkBlas.keepApart();
    this.uid = uid;
    this.encoders = encoders;
    inputCol =
        new Param<>(this, "inputCol", "column with the coordinates: " + CoordinatesColumn.TYPES);
    personsCol =
        new Param<>(
            this,
            "personsCol",
            "column with the number of persons of coordinates that are not nested; where there is none, all have as many as the encoders take");
    outputCol = new Param<>(this, "outputCol", "column for the vectors; must not be there yet");
    modality =
        choice("modality", "which modality's vector, or combined for all together", modalities());
    vector =
        choice(
            "vector",
            "representation: before the heads, as evaluation takes it; head: of the first head",
            EmbeddingVector.labels());
    normalize =
        new BooleanParam(
            this,
            "normalize",
            "whether coordinates are the sensor's own and have to be centred and turned as prepare does it");
    handleInvalid =
        choice(
            "handleInvalid",
            "what happens to rows that hold no sequence: error fails, skip leaves them out, keep gives them a vector of NaN",
            InvalidRows.labels());
    setDefault(inputCol, "coordinates");
    setDefault(personsCol, "persons");
    setDefault(outputCol, "embedding");
    setDefault(modality, COMBINED);
    setDefault(vector, EmbeddingVector.REPRESENTATION.label());
    setDefault(normalize, false);
    setDefault(handleInvalid, InvalidRows.ERROR.label());
  }

  private Param<String> choice(String name, String text, List<String> values) {
    return new Param<>(
        this,
        name,
        "%s; one of %s".formatted(text, String.join(", ", values)),
        ParamValidators.inArray(values));
  }

  private List<String> modalities() {
    List<String> labels = new ArrayList<>(List.of(COMBINED));
    encoders.get().modalities().forEach(each -> labels.add(each.label()));
    return labels;
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The encoders, with sizes, layout and where they come from. */
  public TrainedEncoders encoders() {
    return encoders.get();
  }

  /** Column with the coordinates. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Column with the number of persons. */
  public Param<String> personsCol() {
    return personsCol;
  }

  /** Column for the vectors. */
  public Param<String> outputCol() {
    return outputCol;
  }

  /** A modality's label, or {@value #COMBINED}. */
  public Param<String> modality() {
    return modality;
  }

  /** Label of an {@link EmbeddingVector}. */
  public Param<String> vector() {
    return vector;
  }

  /** Whether coordinates are the sensor's own. */
  public BooleanParam normalize() {
    return normalize;
  }

  /** What happens to rows that hold no sequence: error, skip or keep. */
  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  /** Sets {@link #inputCol}. */
  public SkeletonEncoder setInputCol(String column) {
    set(inputCol, column);
    return this;
  }

  /** Sets {@link #personsCol}. */
  public SkeletonEncoder setPersonsCol(String column) {
    set(personsCol, column);
    return this;
  }

  /** Sets {@link #outputCol}. */
  public SkeletonEncoder setOutputCol(String column) {
    set(outputCol, column);
    return this;
  }

  /**
   * Sets {@link #modality}.
   *
   * @throws IllegalArgumentException if there is no such encoder
   */
  public SkeletonEncoder setModality(String label) {
    require("modality", label, modalities());
    set(modality, label);
    return this;
  }

  /**
   * Sets {@link #vector}.
   *
   * @throws IllegalArgumentException if there is no such vector
   */
  public SkeletonEncoder setVector(String label) {
    require("vector", label, EmbeddingVector.labels());
    set(vector, label);
    return this;
  }

  /** Sets {@link #normalize}. */
  public SkeletonEncoder setNormalize(boolean raw) {
    set(normalize, raw);
    return this;
  }

  /**
   * Sets {@link #handleInvalid}.
   *
   * @throws IllegalArgumentException if it is neither error nor skip nor keep
   */
  public SkeletonEncoder setHandleInvalid(String policy) {
    require("handleInvalid", policy, InvalidRows.labels());
    set(handleInvalid, policy);
    return this;
  }

  private void require(String name, String found, List<String> choices) {
    if (!choices.contains(found)) {
      throw new IllegalArgumentException(
          "%s: %s is '%s', expected one of %s"
              .formatted(uid, name, found, String.join(", ", choices)));
    }
  }

  private String value(Param<String> parameter) {
    return getOrDefault(parameter);
  }

  /** Numbers of a vector. */
  private int length() {
    int single = EmbeddingVector.of(value(vector)).length(encoders.get().shape());
    return value(modality).equals(COMBINED) ? single * encoders.get().modalities().size() : single;
  }

  /**
   * Adds the vectors' column.
   *
   * @throws IllegalArgumentException if the input column is missing or of another type, or the
   *     output column is there already
   */
  @Override
  public StructType transformSchema(StructType schema) {
    StructField input = field(schema, value(inputCol), "inputCol", "with the coordinates");
    if (CoordinatesColumn.depth(input.dataType()) == 0) {
      throw new IllegalArgumentException(
          "%s: column '%s' (inputCol) is %s, expected %s; give another column, or cast this one"
              .formatted(
                  uid, input.name(), input.dataType().simpleString(), CoordinatesColumn.TYPES));
    }
    boolean flat = CoordinatesColumn.depth(input.dataType()) == 1;
    if (flat && has(schema, value(personsCol))) {
      StructField persons = field(schema, value(personsCol), "personsCol", "");
      DataType type = persons.dataType();
      if (!List.of(
              DataTypes.IntegerType, DataTypes.LongType, DataTypes.ShortType, DataTypes.ByteType)
          .contains(type)) {
        throw new IllegalArgumentException(
            "%s: column '%s' (personsCol) is %s, expected int; give another column, or cast this one"
                .formatted(uid, persons.name(), type.simpleString()));
      }
    } else if (flat && isSet(personsCol)) {
      field(schema, value(personsCol), "personsCol", "with the number of persons");
    }
    if (has(schema, value(outputCol))) {
      throw new IllegalArgumentException(
          "%s: column '%s' (outputCol) is there already; drop it, or set outputCol to another name"
              .formatted(uid, value(outputCol)));
    }
    return schema.add(added());
  }

  private StructField added() {
    return new AttributeGroup(value(outputCol), length()).toStructField();
  }

  private static boolean has(StructType schema, String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }

  private StructField field(StructType schema, String column, String parameter, String what) {
    if (!has(schema, column)) {
      throw new IllegalArgumentException(
          "%s: there is no column '%s'; set %s to the column %s; there are %s"
              .formatted(uid, column, parameter, what, String.join(", ", schema.fieldNames())));
    }
    return schema.apply(column);
  }

  /** Adds the vectors; nothing is computed before they are asked for. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    SparkContext spark = dataset.sparkSession().sparkContext();
    List<Modality> chosen =
        value(modality).equals(COMBINED)
            ? encoders.get().modalities()
            : List.of(Modality.of(value(modality)));
    RowEncoding task =
        new RowEncoding(
            encoders.on(JavaSparkContext.fromSparkContext(spark)),
            chosen,
            EmbeddingVector.of(value(vector)),
            columns(dataset.schema()),
            InvalidRows.of(value(handleInvalid)),
            spark.getConf().getInt("spark.task.cpus", 1));
    // A typed operation loses what columns say of themselves: the length of vectors, the names of
    // classes.
    Column[] all =
        Arrays.stream(schema.fields())
            .map(field -> functions.col(quoted(field.name())).as(field.name(), field.metadata()))
            .toArray(Column[]::new);
    return dataset.toDF().mapPartitions(task, Encoders.row(schema)).select(all);
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  private SequenceColumns columns(StructType schema) {
    TrainedEncoders model = encoders.get();
    int coordinates = schema.fieldIndex(value(inputCol));
    int depth = CoordinatesColumn.depth(schema.apply(coordinates).dataType());
    return new SequenceColumns(
        new CoordinatesColumn(depth, model.layout().joints().size()),
        coordinates,
        depth == 1 && has(schema, value(personsCol)) ? schema.fieldIndex(value(personsCol)) : -1,
        has(schema, EmbeddingSchema.ID) ? schema.fieldIndex(EmbeddingSchema.ID) : -1,
        model.layout(),
        model.persons(),
        (Boolean) getOrDefault(normalize));
  }

  @Override
  public SkeletonEncoder copy(ParamMap extra) {
    return copyValues(new SkeletonEncoder(uid, encoders), extra);
  }

  @Override
  public MLWriter write() {
    return new SkeletonEncoderWriter(this);
  }

  @Override
  public void save(String path) throws IOException {
    write().save(path);
  }

  /** Reads what {@link #write} has written. */
  public static MLReader<SkeletonEncoder> read() {
    return new SkeletonEncoderReader();
  }

  /**
   * Reads what {@link #save} has written.
   *
   * @param path Hadoop path of the folder
   */
  public static SkeletonEncoder load(String path) {
    return read().load(path);
  }
}
