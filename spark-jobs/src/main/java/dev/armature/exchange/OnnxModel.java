package dev.armature.exchange;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.ParameterLayout.Tensor;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;

/**
 * A run's query encoders as one ONNX model: IR version 8, operators of version 15 of the default
 * set (ONNX 1.10, August 2021), which every current runtime takes.
 *
 * <p>For each modality <i>M</i>, by its label ({@code joint}, {@code bone-motion} and so on):
 *
 * <ul>
 *   <li>input <i>M</i>: batch × frames × features, normalized sequences as the encoder was trained
 *       on; each run chooses batch and frames, the same for all modalities, and feeds all of them;
 *   <li>output <i>M</i>{@code .representation}: batch × 2·hidden, the top layer's output at the
 *       last frame, as {@link dev.armature.encoder.EncoderEngine#represent} gives it. With
 *       bidirectional recurrence the second half has then seen the last frame only, as PyTorch's
 *       {@code output[:, -1]};
 *   <li>output <i>M</i>{@code .embedding}: batch × embedding, rows of length 1 (or zero, where the
 *       head puts out zeros): the first head over the representation. Other heads are left out.
 * </ul>
 *
 * <p>Everything is float32 and in evaluation mode: the input norm takes its running statistics,
 * folded into one scale a feature ({@code weight / √(variance + 10⁻⁵)}). The same arguments give
 * the same bytes.
 *
 * <p>The model's properties name the file's format version, the sizes, the recurrence, the
 * modalities and the order of the features, each under {@code armature.}; callers add their own.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.10.0/docs/Operators.md">ONNX 1.10,
 *     operators</a>
 */
public final class OnnxModel {
  /** Where a feature of a frame lies. */
  static final String FEATURE_ORDER = "((joint*3)+coordinate)*persons+person";

  private static final String OWN_PREFIX = "armature.";
  private static final int FORMAT = 1;
  private static final long IR_VERSION = 8;
  private static final long OPERATOR_SET = 15;

  /**
   * Weights a file can hold, in bytes. Protobuf reads messages of less than 2 GiB; the graph around
   * the weights takes some kilobytes a layer, for which 16 MiB are set aside.
   */
  private static final long MOST_BYTES = Integer.MAX_VALUE - (16L << 20);

  private OnnxModel() {}

  /**
   * Writes a model. It is put together in memory first, so that about the size of the file is
   * needed beside the encoders.
   *
   * @param shape the encoders' sizes
   * @param modalities whose encoders these are, each at most once, at least one
   * @param encoders by modality: the flat vector, laid out as {@link ParameterLayout} says; read
   *     only
   * @param metadata further properties of the model, whose names do not begin with {@code
   *     armature.}
   * @param out receives the file; left open
   * @throws IllegalArgumentException if the arguments do not fit one another, or the model is above
   *     the 2 GiB that one file can hold
   * @throws IOException if writing fails
   */
  public static void write(
      EncoderShape shape,
      List<Modality> modalities,
      List<float[]> encoders,
      Map<String, String> metadata,
      OutputStream out)
      throws IOException {
    ParameterLayout layout = new ParameterLayout(shape);
    requireModalities(modalities);
    requireRoom(shape, layout, modalities.size());
    requireEncoders(shape, layout, modalities, encoders);
    SortedMap<String, String> properties = properties(shape, modalities, metadata);

    OnnxGraph graph = new OnnxGraph("encoders", "One independent encoder per modality");
    for (int i = 0; i < modalities.size(); i++) {
      new OnnxEncoder(graph, modalities.get(i), shape, layout, encoders.get(i)).write();
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
            .setProducerName("armature")
            .setProducerVersion(version())
            .setDocString(description(modalities))
            .setGraph(graph.build());
    properties.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    model.build().writeTo(out);
  }

  private static void requireModalities(List<Modality> modalities) {
    if (modalities.isEmpty() || new HashSet<>(modalities).size() != modalities.size()) {
      throw new IllegalArgumentException(
          "a model takes at least one modality and each at most once, found %s"
              .formatted(labels(modalities)));
    }
  }

  private static void requireRoom(EncoderShape shape, ParameterLayout layout, int modalities) {
    long numbers =
        layout.tensors().stream().filter(OnnxModel::written).mapToLong(Tensor::length).sum();
    long bytes = numbers * Float.BYTES * modalities;
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d encoder(s) of %s take %,d MiB, and one ONNX file holds at most %,d MiB (a protobuf"
                  + " message stays below 2 GiB): export fewer modalities to a file, or export in"
                  + " another format",
              modalities,
              shape,
              bytes >> 20,
              MOST_BYTES >> 20));
    }
  }

  /** All but the further heads. (The norm's two factors become one: some hundred bytes less.) */
  private static boolean written(Tensor tensor) {
    return !tensor.name().startsWith("head.") || tensor.name().startsWith("head.0.");
  }

  private static void requireEncoders(
      EncoderShape shape,
      ParameterLayout layout,
      List<Modality> modalities,
      List<float[]> encoders) {
    if (encoders.size() != modalities.size()) {
      throw new IllegalArgumentException(
          "the modalities %s need an encoder each, found %d"
              .formatted(labels(modalities), encoders.size()));
    }
    for (int i = 0; i < encoders.size(); i++) {
      if (encoders.get(i).length != layout.size()) {
        throw new IllegalArgumentException(
            "the encoder of modality %s has %d numbers, and one of %s has %d"
                .formatted(
                    modalities.get(i).label(), encoders.get(i).length, shape, layout.size()));
      }
    }
  }

  private static SortedMap<String, String> properties(
      EncoderShape shape, List<Modality> modalities, Map<String, String> metadata) {
    SortedMap<String, String> properties = new TreeMap<>(metadata);
    List<String> taken =
        properties.keySet().stream().filter(key -> key.startsWith(OWN_PREFIX)).toList();
    if (!taken.isEmpty()) {
      throw new IllegalArgumentException(
          "names that begin with %s are the format's own, found %s".formatted(OWN_PREFIX, taken));
    }
    properties.put(OWN_PREFIX + "format", Integer.toString(FORMAT));
    properties.put(OWN_PREFIX + "modalities", labels(modalities));
    properties.put(OWN_PREFIX + "recurrence", shape.recurrence().name().toLowerCase(Locale.ROOT));
    properties.put(OWN_PREFIX + "features", Integer.toString(shape.features()));
    properties.put(OWN_PREFIX + "feature-order", FEATURE_ORDER);
    properties.put(OWN_PREFIX + "hidden", Integer.toString(shape.hidden()));
    properties.put(OWN_PREFIX + "layers", Integer.toString(shape.layers()));
    properties.put(OWN_PREFIX + "embedding", Integer.toString(shape.embedding()));
    return properties;
  }

  private static String description(List<Modality> modalities) {
    return ("Skeleton action encoders, in evaluation mode, for the modalities %s. Each takes"
            + " normalized sequences (batch, frames, features), feature %s, and gives a"
            + " representation and an embedding of unit length.")
        .formatted(labels(modalities), FEATURE_ORDER);
  }

  private static String labels(List<Modality> modalities) {
    return modalities.stream().map(Modality::label).collect(Collectors.joining(","));
  }

  private static String version() {
    return Objects.requireNonNullElse(
        OnnxModel.class.getPackage().getImplementationVersion(), "unreleased");
  }
}
