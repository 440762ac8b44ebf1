package dev.armature.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.ParameterLayout.Tensor;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Modality;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Written models, run by ONNX Runtime and held against the engine. */
class OnnxModelTest {
  private static final float TOLERANCE = 1e-5f;
  private static final List<Modality> ALL = List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);

  @ParameterizedTest
  @CsvSource({
    "LOCKSTEP, 1, 1",
    "LOCKSTEP, 3, 1",
    "LOCKSTEP, 2, 2",
    "BIDIRECTIONAL, 1, 1",
    "BIDIRECTIONAL, 3, 1",
    "BIDIRECTIONAL, 2, 2"
  })
  void representations_and_embeddings_are_the_engines_for_every_batch_and_length(
      Recurrence recurrence, int layers, int heads) {
    EncoderShape shape = new EncoderShape(18, 12, layers, 7, heads, recurrence);
    List<float[]> encoders = randomEncoders(shape, 31);
    try (EncoderEngine engine = engine(shape, encoders);
        ExportedModel model = new ExportedModel(ExportedModel.file(shape, ALL, encoders))) {
      for (int[] size : new int[][] {{1, 1}, {1, 9}, {5, 1}, {3, 20}, {17, 64}}) {
        ViewBatch views = randomViews(size[0], size[1], shape.features(), 7);
        Map<String, float[]> outputs = model.run(views);
        for (int modality = 0; modality < ALL.size(); modality++) {
          String name = ALL.get(modality).label() + ".representation";
          assertThat(outputs.get(name))
              .as("%s of %d sequences of %d frames", name, size[0], size[1])
              .containsExactly(engine.represent(modality, views), within(TOLERANCE));
          assertThat(outputs.get(ALL.get(modality).label() + ".embedding"))
              .containsExactly(engine.embed(modality, views), within(TOLERANCE));
        }
      }
    }
  }

  /**
   * In training mode the engine's input norm takes the batch's statistics: a model with those as
   * its running ones must give the same.
   */
  @ParameterizedTest
  @CsvSource({
    "LOCKSTEP, 1, 4, 1",
    "LOCKSTEP, 3, 1, 8",
    "LOCKSTEP, 3, 6, 64",
    "BIDIRECTIONAL, 1, 4, 2",
    "BIDIRECTIONAL, 3, 1, 8",
    "BIDIRECTIONAL, 3, 6, 64"
  })
  void embeddings_are_those_of_the_engines_first_head(
      Recurrence recurrence, int layers, int batch, int frames) {
    EncoderShape shape = new EncoderShape(12, 10, layers, 6, 2, recurrence);
    ViewBatch views = randomViews(batch, frames, shape.features(), 99);
    List<float[]> encoders = randomEncoders(shape, 5);
    for (int modality = 0; modality < ALL.size(); modality++) {
      putStatistics(shape, encoders.get(modality), views.inputs()[modality]);
    }
    try (EncoderEngine engine = engine(shape, encoders);
        ExportedModel model = new ExportedModel(ExportedModel.file(shape, ALL, encoders))) {
      float[][] expected = engine.embedKeys(views);
      Map<String, float[]> outputs = model.run(views);
      for (int modality = 0; modality < ALL.size(); modality++) {
        float[] firstHead = Arrays.copyOf(expected[modality], batch * shape.embedding());
        assertThat(outputs.get(ALL.get(modality).label() + ".embedding"))
            .as(ALL.get(modality).label())
            .containsExactly(firstHead, within(TOLERANCE));
      }
    }
  }

  @Test
  void initial_weights_of_a_published_input_width_keep_the_tolerance() {
    EncoderShape shape = new EncoderShape(150, 96, 3, 128, 1, Recurrence.LOCKSTEP);
    List<float[]> encoders = new ArrayList<>();
    for (int modality = 0; modality < ALL.size(); modality++) {
      encoders.add(EncoderInitializer.initialize(shape, 3, modality));
    }
    ViewBatch views = randomViews(8, 64, shape.features(), 4);
    try (EncoderEngine engine = engine(shape, encoders);
        ExportedModel model = new ExportedModel(ExportedModel.file(shape, ALL, encoders))) {
      Map<String, float[]> outputs = model.run(views);
      for (int modality = 0; modality < ALL.size(); modality++) {
        String label = ALL.get(modality).label();
        assertThat(outputs.get(label + ".representation"))
            .containsExactly(engine.represent(modality, views), within(TOLERANCE));
        assertRowsOfUnitLength(outputs.get(label + ".embedding"), shape.embedding());
      }
    }
  }

  private static void assertRowsOfUnitLength(float[] rows, int width) {
    for (int start = 0; start < rows.length; start += width) {
      double squares = 0;
      for (int i = start; i < start + width; i++) {
        squares += (double) rows[i] * rows[i];
      }
      assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void an_embedding_of_zeros_stays_zero() {
    EncoderShape shape = new EncoderShape(6, 4, 1, 3, 1, Recurrence.LOCKSTEP);
    float[] silent = new float[new ParameterLayout(shape).size()];
    List<Modality> joint = List.of(Modality.JOINT);
    try (ExportedModel model =
        new ExportedModel(ExportedModel.file(shape, joint, List.of(silent)))) {
      ViewBatch views = ViewBatch.zeros(joint, 5, 2, shape.features());
      assertThat(model.run(views).get("joint.embedding")).containsOnly(0f).hasSize(6);
    }
  }

  @Test
  void modalities_keep_the_encoders_they_came_with() {
    EncoderShape shape = new EncoderShape(6, 4, 1, 3, 1, Recurrence.LOCKSTEP);
    List<Modality> chosen = List.of(Modality.BONE, Modality.JOINT);
    List<float[]> encoders = randomEncoders(shape, 8).subList(0, 2);
    ViewBatch views = ViewBatch.zeros(chosen, 5, 2, shape.features());
    for (float[] input : views.inputs()) {
      Arrays.fill(input, 0.5f);
    }
    try (EncoderEngine engine = engine(shape, encoders);
        ExportedModel model = new ExportedModel(ExportedModel.file(shape, chosen, encoders))) {
      Map<String, float[]> outputs = model.run(views);
      assertThat(outputs)
          .containsOnlyKeys(
              "bone.representation", "bone.embedding", "joint.representation", "joint.embedding");
      assertThat(outputs.get("bone.representation"))
          .containsExactly(engine.represent(0, views), within(TOLERANCE));
      assertThat(outputs.get("joint.representation"))
          .containsExactly(engine.represent(1, views), within(TOLERANCE));
    }
  }

  @Test
  void a_file_says_what_it_holds() throws Exception {
    EncoderShape shape = new EncoderShape(150, 8, 2, 16, 1, Recurrence.BIDIRECTIONAL);
    byte[] file =
        ExportedModel.file(
            shape, ALL, randomEncoders(shape, 1), Map.of("run", "nightly", "layout", "ntu"));

    ModelProto model = ModelProto.parseFrom(file);

    assertThat(model.getIrVersion()).isEqualTo(8);
    assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(15);
    assertThat(model.getProducerName()).isEqualTo("armature");
    assertThat(model.getProducerVersion()).isNotEmpty();
    assertThat(model.getDocString()).contains("joint,motion,bone").contains("unit length");
    assertThat(
            model.getMetadataPropsList().stream()
                .collect(
                    Collectors.toMap(
                        StringStringEntryProto::getKey, StringStringEntryProto::getValue)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "armature.format", "1",
                "armature.modalities", "joint,motion,bone",
                "armature.recurrence", "bidirectional",
                "armature.features", "150",
                "armature.feature-order", "((joint*3)+coordinate)*persons+person",
                "armature.hidden", "8",
                "armature.layers", "2",
                "armature.embedding", "16",
                "run", "nightly",
                "layout", "ntu"));
    assertThat(model.getGraph().getInputList().stream().map(OnnxModelTest::signature))
        .containsExactly(
            "joint[batch,frames,150]", "motion[batch,frames,150]", "bone[batch,frames,150]");
    assertThat(model.getGraph().getOutputList().stream().map(OnnxModelTest::signature))
        .containsExactly(
            "joint.representation[batch,16]",
            "joint.embedding[batch,16]",
            "motion.representation[batch,16]",
            "motion.embedding[batch,16]",
            "bone.representation[batch,16]",
            "bone.embedding[batch,16]");
  }

  private static String signature(ValueInfoProto value) {
    return value.getType().getTensorType().getShape().getDimList().stream()
        .map(
            extent ->
                extent.getDimParam().isEmpty()
                    ? Long.toString(extent.getDimValue())
                    : extent.getDimParam())
        .collect(Collectors.joining(",", value.getName() + "[", "]"));
  }

  @Test
  void weights_are_raw_little_endian_under_the_names_of_the_layout() throws Exception {
    EncoderShape shape = new EncoderShape(6, 4, 1, 3, 1, Recurrence.LOCKSTEP);
    float[] encoder = randomEncoders(shape, 2).get(0);
    ModelProto model =
        ModelProto.parseFrom(ExportedModel.file(shape, List.of(Modality.JOINT), List.of(encoder)));
    TensorProto bias =
        model.getGraph().getInitializerList().stream()
            .filter(tensor -> tensor.getName().equals("joint.head.0.1.bias"))
            .findFirst()
            .orElseThrow();

    float[] values = new float[3];
    bias.getRawData()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    int offset = new ParameterLayout(shape).tensor("head.0.1.bias").offset();
    assertThat(values).containsExactly(Arrays.copyOfRange(encoder, offset, offset + 3));
    assertThat(bias.getDimsList()).containsExactly(3L);
  }

  @Test
  void the_same_encoders_give_the_same_bytes() {
    EncoderShape shape = new EncoderShape(6, 4, 2, 3, 1, Recurrence.LOCKSTEP);
    List<float[]> encoders = randomEncoders(shape, 8);
    Map<String, String> one = new LinkedHashMap<>();
    one.put("a", "1");
    one.put("b", "2");
    Map<String, String> other = new LinkedHashMap<>();
    other.put("b", "2");
    other.put("a", "1");

    assertThat(ExportedModel.file(shape, ALL, encoders, one))
        .isEqualTo(ExportedModel.file(shape, ALL, encoders, other));
  }

  @Test
  void a_model_above_the_limit_of_protobuf_is_refused_before_it_is_built() {
    EncoderShape shape = new EncoderShape(150, 2048, 3, 128, 1, Recurrence.LOCKSTEP);
    List<float[]> none = List.of(new float[0], new float[0], new float[0]);

    assertThatThrownBy(() -> ExportedModel.file(shape, ALL, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 encoder(s)")
        .hasMessageContaining("2,235 MiB, and one ONNX file holds at most 2,031 MiB")
        .hasMessageContaining("fewer modalities");
  }

  @Test
  void further_heads_do_not_count_towards_the_limit() {
    EncoderShape shape = new EncoderShape(150, 1024, 3, 128, 64, Recurrence.LOCKSTEP);
    List<float[]> none = List.of(new float[0], new float[0], new float[0]);

    assertThatThrownBy(() -> ExportedModel.file(shape, ALL, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("encoder of modality joint has 0 numbers");
  }

  @Test
  void arguments_that_do_not_fit_one_another_are_refused() {
    EncoderShape shape = new EncoderShape(6, 4, 1, 3, 1, Recurrence.LOCKSTEP);
    int size = new ParameterLayout(shape).size();
    List<float[]> one = List.of(new float[size]);
    List<Modality> joint = List.of(Modality.JOINT);

    assertThatThrownBy(() -> ExportedModel.file(shape, List.of(), List.of()))
        .hasMessageContaining("at least one modality");
    assertThatThrownBy(
            () ->
                ExportedModel.file(
                    shape,
                    List.of(Modality.JOINT, Modality.JOINT),
                    List.of(one.get(0), one.get(0))))
        .hasMessageContaining("at most once, found joint,joint");
    assertThatThrownBy(() -> ExportedModel.file(shape, ALL, one))
        .hasMessageContaining("joint,motion,bone need an encoder each, found 1");
    assertThatThrownBy(() -> ExportedModel.file(shape, joint, List.of(new float[size - 1])))
        .hasMessageContaining("joint has %d numbers", size - 1)
        .hasMessageContaining("has %d", size);
    assertThatThrownBy(() -> ExportedModel.file(shape, joint, one, Map.of("armature.hidden", "8")))
        .hasMessageContaining("[armature.hidden]");
  }

  private static EncoderEngine engine(EncoderShape shape, List<float[]> encoders) {
    EncoderEngine engine = EncoderEngines.open(shape, encoders.size(), EncoderBackend.ONEDNN, 1);
    for (int modality = 0; modality < encoders.size(); modality++) {
      engine.setParameters(Branch.QUERY, modality, encoders.get(modality));
      engine.setParameters(Branch.KEY, modality, encoders.get(modality));
    }
    return engine;
  }

  /** Every parameter away from zero, and variances small enough for the norm's ε to show. */
  private static List<float[]> randomEncoders(EncoderShape shape, long seed) {
    ParameterLayout layout = new ParameterLayout(shape);
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> encoders = new ArrayList<>();
    for (int modality = 0; modality < ALL.size(); modality++) {
      float[] encoder = new float[layout.size()];
      for (int i = 0; i < encoder.length; i++) {
        encoder[i] = (float) random.nextDouble(-0.4, 0.4);
      }
      Tensor variance = layout.tensor("input_norm.running_var");
      for (int i = variance.offset(); i < variance.offset() + variance.length(); i++) {
        encoder[i] = (float) random.nextDouble(1e-3, 1);
      }
      encoders.add(encoder);
    }
    return encoders;
  }

  private static ViewBatch randomViews(int sequences, int frames, int features, long seed) {
    ViewBatch views = ViewBatch.zeros(ALL, frames, sequences, features);
    SplittableRandom random = new SplittableRandom(seed);
    for (float[] input : views.inputs()) {
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextDouble(-1, 1);
      }
    }
    return views;
  }

  /** Makes the running statistics those of a batch. */
  private static void putStatistics(EncoderShape shape, float[] encoder, float[] input) {
    ParameterLayout layout = new ParameterLayout(shape);
    int features = shape.features();
    int rows = input.length / features;
    for (int f = 0; f < features; f++) {
      double sum = 0;
      for (int i = f; i < input.length; i += features) {
        sum += input[i];
      }
      double mean = sum / rows;
      double squares = 0;
      for (int i = f; i < input.length; i += features) {
        squares += (input[i] - mean) * (input[i] - mean);
      }
      encoder[layout.tensor("input_norm.running_mean").offset() + f] = (float) mean;
      encoder[layout.tensor("input_norm.running_var").offset() + f] = (float) (squares / rows);
    }
  }
}
