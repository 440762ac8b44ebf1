package dev.armature.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.round.Checkpoint;
import dev.armature.round.FloatBlock;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.Modality;
import dev.armature.tensor.FloatTensor;
import dev.armature.tensor.IntegerTensor;
import dev.armature.tensor.TensorFileException;
import dev.armature.tensor.TorchFileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedCheckpointTest {
  private static final EncoderShape SHAPE = new EncoderShape(6, 4, 3, 5, 1, Recurrence.LOCKSTEP);
  private static final List<Modality> ALL = PublishedCheckpointWriter.MODALITIES;

  @TempDir private java.nio.file.Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_is_exported_and_imported_is_the_same_bit_for_bit(boolean pytorch) throws IOException {
    Checkpoint exported = RandomCheckpoint.of(SHAPE, ALL, 9, 7);
    PublishedCheckpoint imported = read(export(exported, pytorch), Optional.empty());
    assertThat(imported.shape()).isEqualTo(SHAPE);
    assertThat(imported.modalities()).isEqualTo(ALL);
    assertSame(imported.state(), exported.state());
    assertThat(imported.ignored()).isEmpty();
    assertThat(imported.texts()).containsAllEntriesOf(exported.provenance());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fewer_modalities_and_the_other_recurrence_come_back_as_they_went(boolean pytorch)
      throws IOException {
    EncoderShape shape = new EncoderShape(3, 2, 1, 4, 1, Recurrence.BIDIRECTIONAL);
    List<Modality> modalities = List.of(Modality.JOINT, Modality.BONE);
    Checkpoint exported = RandomCheckpoint.of(shape, modalities, 3, 0);
    PublishedCheckpoint imported = read(export(exported, pytorch), Optional.empty());
    assertThat(imported.shape()).isEqualTo(shape);
    assertThat(imported.modalities()).isEqualTo(modalities);
    assertSame(imported.state(), exported.state());
  }

  @Test
  void a_queue_that_has_gone_round_keeps_its_position() throws IOException {
    PublishedCheckpoint imported =
        read(export(RandomCheckpoint.of(SHAPE, ALL, 9, 9 * 40 + 5), true), Optional.empty());
    assertThat(imported.state().queues().enqueued()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource
  void the_recurrence_that_the_user_names_is_the_one_that_counts(Recurrence recurrence)
      throws IOException {
    Path file = export(RandomCheckpoint.of(SHAPE, ALL, 9, 7), true);
    assertThat(read(file, Optional.of(recurrence)).shape().recurrence()).isEqualTo(recurrence);
  }

  @Test
  void the_optimizer_is_told_as_the_file_has_it() throws IOException {
    PublishedOptimizer optimizer =
        read(export(RandomCheckpoint.of(SHAPE, ALL, 9, 7), true), Optional.empty())
            .optimizer()
            .orElseThrow();
    assertThat(optimizer.settings())
        .containsOnly(
            Map.entry("train.learning-rate", 0.02),
            Map.entry("train.momentum", 0.9),
            Map.entry("train.weight-decay", 1e-4));
    // Three layers of two GRUs with four tensors each, a projection of four, an input norm of two.
    assertThat(optimizer.parameters()).isEqualTo(3 * (3 * 2 * 4 + 4 + 2));
    assertThat(optimizer.momentumBuffers()).isEqualTo(optimizer.parameters());
    assertThat(optimizer.nesterov()).isFalse();
  }

  @Test
  void an_encoders_tensors_have_the_published_names_in_the_order_of_the_optimizer() {
    List<String> names =
        PublishedTensor.of(new EncoderShape(6, 4, 2, 5, 1, Recurrence.LOCKSTEP)).stream()
            .map(PublishedTensor::name)
            .toList();
    List<String> expected = new ArrayList<>();
    for (String place : List.of("l0", "l0_reverse", "l1", "l1_reverse")) {
      for (String kind : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
        expected.add("encoder.gru." + kind + "_" + place);
      }
    }
    expected.addAll(List.of("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"));
    expected.addAll(
        List.of(
            "input_norm.weight",
            "input_norm.bias",
            "input_norm.running_mean",
            "input_norm.running_var"));
    assertThat(names).isEqualTo(expected);
  }

  @Test
  void a_file_that_a_parallel_wrapper_named_is_read_all_the_same() throws IOException {
    Checkpoint exported = RandomCheckpoint.of(SHAPE, ALL, 9, 7);
    Path file =
        changed(
            exported,
            content -> {
              Map<String, Object> wrapped = new LinkedHashMap<>();
              states(content).forEach((name, tensor) -> wrapped.put("module." + name, tensor));
              content.put("state_dict", wrapped);
            });
    assertSame(read(file, Optional.empty()).state(), exported.state());
  }

  @Test
  void an_optimizer_that_was_given_the_query_encoders_alone_is_understood() throws IOException {
    Checkpoint exported = RandomCheckpoint.of(SHAPE, ALL, 9, 7);
    Path file =
        changed(
            exported,
            content -> {
              Map<Object, Object> renumbered = new LinkedHashMap<>();
              optimizerStates(content)
                  .values()
                  .forEach(state -> renumbered.put((long) renumbered.size(), state));
              optimizer(content).put("state", renumbered);
              group(content).put("params", new ArrayList<>(renumbered.keySet()));
            });
    assertSame(read(file, Optional.empty()).state(), exported.state());
  }

  @Test
  void a_bare_state_dict_has_no_momentum_and_no_epochs() throws IOException {
    Checkpoint exported = RandomCheckpoint.of(SHAPE, ALL, 9, 7);
    Path file = folderPath("bare.pth");
    write(file, states(content(exported)));
    PublishedCheckpoint imported = read(file, Optional.empty());
    assertThat(imported.optimizer()).isEmpty();
    assertThat(imported.state().epochs()).isZero();
    assertThat(imported.state().steps()).isEqualTo(321);
    for (FloatBlock velocity : imported.state().model().velocity()) {
      assertThat(velocity.values()).containsOnly(0);
    }
  }

  @Test
  void an_optimizer_before_its_first_step_has_no_momentum() throws IOException {
    Path file = changed(content -> optimizerStates(content).clear());
    PublishedOptimizer optimizer = read(file, Optional.empty()).optimizer().orElseThrow();
    assertThat(optimizer.momentumBuffers()).isZero();
  }

  @Test
  void tensors_without_a_place_are_named_and_left_out() throws IOException {
    Path file =
        changed(
            content ->
                states(content).put("classifier.weight", new IntegerTensor(List.of(1), ONE)));
    assertThat(read(file, Optional.empty()).ignored()).containsExactly("classifier.weight");
  }

  private static final long[] ONE = {1};

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder_q.fc.2.bias",
        "encoder_q.encoder.gru.weight_ih_l0",
        "encoder_q.encoder.gru.weight_ih_l1",
        "encoder_q.encoder.gru.weight_ih_l2",
        "encoder_k_motion.encoder.gru.weight_hh_l2_reverse",
        "encoder_q_bone.input_norm.running_var",
        "queue_motion",
        "queue_ptr_bone"
      })
  void a_missing_tensor_is_named(String name) {
    assertRefused(content -> states(content).remove(name), "no tensor " + name);
  }

  @Test
  void a_layer_that_is_missing_everywhere_but_for_a_later_one_is_named() {
    assertRefused(
        content -> {
          content.remove("optimizer");
          states(content).keySet().removeIf(name -> name.contains("_l1"));
        },
        "no tensor encoder_q.encoder.gru.weight_ih_l1");
  }

  @Test
  void a_layer_that_one_encoder_alone_has_is_missed_in_the_others() {
    assertRefused(
        content -> {
          content.remove("optimizer");
          states(content)
              .keySet()
              .removeIf(name -> name.contains("_l2") && !name.startsWith("encoder_k_bone"));
        },
        "no tensor encoder_q.encoder.gru.weight_ih_l2");
  }

  @Test
  void what_a_file_brings_into_a_message_is_printable_and_of_bounded_length() {
    String hostile = "\u001b[2J" + "x".repeat(100_000);
    for (Consumer<Map<String, Object>> change :
        List.<Consumer<Map<String, Object>>>of(
            content -> states(content).put(hostile, hostile),
            content -> content.put("epoch", hostile),
            content -> content.put("optimizer", hostile))) {
      assertThatThrownBy(() -> read(changed(change), Optional.empty()))
          .isInstanceOf(TensorFileException.class)
          .message()
          .hasSizeLessThan(3000)
          .contains("?[2Jxxx")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void a_negative_number_of_steps_is_refused() {
    assertRefused(
        content ->
            states(content)
                .put(
                    "encoder_q.input_norm.num_batches_tracked",
                    new IntegerTensor(List.of(), new long[] {-1})),
        "encoder_q.input_norm.num_batches_tracked is -1");
  }

  @Test
  void an_encoder_that_fits_in_no_array_is_refused_by_the_tensor_that_says_so() {
    assertRefused(
        content -> states(content).put("encoder_q.encoder.gru.weight_hh_l0", zeros(12, 50_000)),
        "encoder_q.encoder.gru.weight_hh_l0 has shape [12, 50000]");
  }

  @Test
  void a_wrong_shape_is_named_with_the_one_that_is_expected() {
    assertRefused(
        content -> states(content).put("encoder_k.fc.0.bias", zeros(9)),
        "encoder_k.fc.0.bias has shape [9], expected [8]");
    assertRefused(
        content -> states(content).put("encoder_q.encoder.gru.weight_hh_l0", zeros(12)),
        "encoder_q.encoder.gru.weight_hh_l0 has shape [12], expected 2 dimensions");
    assertRefused(
        content -> states(content).put("encoder_q.encoder.gru.weight_hh_l0", zeros(4, 4)),
        "shape [4, 4], expected [12, 4]");
    assertRefused(
        content -> states(content).put("queue_bone", zeros(5, 8)),
        "queue_bone has shape [5, 8], expected [5, 9]");
    assertRefused(
        content -> states(content).put("queue", zeros(0, 9)), "queue has shape [0, 9], expected");
  }

  @Test
  void whole_numbers_where_there_should_be_floats_are_refused() {
    assertRefused(
        content ->
            states(content).put("encoder_q.fc.2.bias", new IntegerTensor(List.of(5), new long[5])),
        "encoder_q.fc.2.bias has numbers of type int64, expected float32");
    assertRefused(
        content -> states(content).put("queue_ptr", zeros(1)),
        "queue_ptr is float32 of shape [1], expected a single integer");
  }

  @Test
  void queues_that_are_not_aligned_are_refused() {
    assertRefused(
        content ->
            states(content).put("queue_ptr_motion", new IntegerTensor(List.of(1), new long[] {6})),
        "different positions, {queue_ptr=7, queue_ptr_motion=6, queue_ptr_bone=7}");
  }

  @Test
  void positions_may_be_named_after_their_queues() throws IOException {
    Checkpoint exported = RandomCheckpoint.of(SHAPE, ALL, 9, 7);
    Path file =
        changed(
            exported,
            content -> {
              for (String modality : List.of("motion", "bone")) {
                Object position = states(content).remove("queue_ptr_" + modality);
                states(content).put("queue_" + modality + "_ptr", position);
              }
            });
    PublishedCheckpoint imported = read(file, Optional.empty());
    assertSame(imported.state(), exported.state());
    assertThat(imported.ignored()).isEmpty();
  }

  @Test
  void a_position_outside_the_queue_is_refused() {
    assertRefused(
        content -> {
          for (String suffix : List.of("", "_motion", "_bone")) {
            states(content)
                .put("queue_ptr" + suffix, new IntegerTensor(List.of(1), new long[] {9}));
          }
        },
        "position 9, expected 0 to 8");
  }

  @Test
  void a_projection_of_one_layer_is_refused_with_the_reason() {
    assertRefused(
        content -> {
          states(content).keySet().removeIf(name -> name.startsWith("encoder_q.fc."));
          states(content).put("encoder_q.fc.weight", zeros(5, 8));
        },
        "--mlp");
  }

  @Test
  void numbers_that_are_not_finite_are_refused_by_the_tensors_name() {
    assertRefused(
        content ->
            states(content)
                .put(
                    "encoder_q_bone.fc.2.bias",
                    new FloatTensor(List.of(5), new float[] {1, 2, Float.NaN, 4, 5}, 0)),
        "encoder_q_bone.fc.2.bias holds NaN");
  }

  @Test
  void an_optimizer_of_another_model_is_refused() {
    assertRefused(
        content -> group(content).put("params", List.of(0L, 1L)),
        "optimizer has 2 parameters, expected 180 or 90");
    assertRefused(
        content -> optimizerStates(content).put(0L, Map.of("momentum_buffer", zeros(3))),
        "momentum buffer of encoder_q.encoder.gru.weight_ih_l0 is float32 of shape [3], expected");
    assertRefused(
        content -> optimizerStates(content).put(0L, Map.of("exp_avg", zeros(24))),
        "state of encoder_q.encoder.gru.weight_ih_l0 is [exp_avg], expected momentum_buffer");
    assertRefused(
        content -> content.put("optimizer", "adam"), "optimizer is 'adam', expected a dict");
    assertRefused(
        content -> content.put("optimizer", List.of()), "optimizer is a list, expected a dict");
    assertRefused(
        content -> optimizer(content).put("param_groups", Map.of()),
        "param_groups is a dict, expected a list");
    assertRefused(content -> optimizer(content).remove("param_groups"), "param_groups is missing");
  }

  @Test
  void what_is_no_checkpoint_of_this_model_is_refused() throws IOException {
    assertRefused(content -> content.remove("state_dict"), "no dict 'state_dict'");
    assertRefused(content -> states(content).clear(), "begins with encoder_q.");
    assertRefused(content -> content.put("epoch", -1L), "'epoch' is -1");
    Path list = folderPath("list.pth");
    write(list, List.of(1L, 2L));
    assertThatThrownBy(() -> read(list, Optional.empty()))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("holds no dict");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void of_encoders_with_two_heads_the_instance_heads_and_their_queues_are_exported(boolean pytorch)
      throws IOException {
    EncoderShape two = new EncoderShape(6, 4, 3, 5, 2, Recurrence.LOCKSTEP);
    Checkpoint exported = RandomCheckpoint.of(two, ALL, 9, 7);
    PublishedCheckpoint imported = read(export(exported, pytorch), Optional.empty());
    assertThat(imported.shape()).isEqualTo(SHAPE);
    int size = new ParameterLayout(SHAPE).size();
    for (int m = 0; m < ALL.size(); m++) {
      assertThat(imported.state().model().query().get(m).values())
          .isEqualTo(Arrays.copyOf(exported.state().model().query().get(m).values(), size));
      assertThat(imported.state().model().velocity().get(m).values())
          .isEqualTo(Arrays.copyOf(exported.state().model().velocity().get(m).values(), size));
      assertThat(imported.state().queues().keys()[m])
          .isEqualTo(exported.state().queues().keys()[m]);
    }
  }

  @Test
  void encoders_of_modalities_without_a_published_name_cannot_be_exported() {
    Checkpoint others =
        RandomCheckpoint.of(SHAPE, List.of(Modality.JOINT, Modality.BONE_MOTION), 3, 0);
    assertThatThrownBy(() -> new PublishedCheckpointWriter(others))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the encoders are of joint, bone-motion, the published format knows joint, motion, bone");
  }

  private void assertRefused(Consumer<Map<String, Object>> change, String message) {
    assertThatThrownBy(() -> read(changed(change), Optional.empty()))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("changed.pth.tar")
        .hasMessageContaining(message);
  }

  private Path changed(Consumer<Map<String, Object>> change) throws IOException {
    return changed(RandomCheckpoint.of(SHAPE, ALL, 9, 7), change);
  }

  private Path changed(Checkpoint checkpoint, Consumer<Map<String, Object>> change)
      throws IOException {
    Map<String, Object> content = content(checkpoint);
    change.accept(content);
    Path file = folderPath("changed.pth.tar");
    write(file, content);
    return file;
  }

  private static Map<String, Object> content(Checkpoint checkpoint) {
    return new PublishedCheckpointWriter(checkpoint).content(RandomCheckpoint.TRAIN);
  }

  @SuppressWarnings("unchecked") // what the writer makes
  private static Map<String, Object> states(Map<String, Object> content) {
    return (Map<String, Object>) content.get("state_dict");
  }

  @SuppressWarnings("unchecked") // what the writer makes
  private static Map<String, Object> optimizer(Map<String, Object> content) {
    return (Map<String, Object>) content.get("optimizer");
  }

  @SuppressWarnings("unchecked") // what the writer makes
  private static Map<Object, Object> optimizerStates(Map<String, Object> content) {
    return (Map<Object, Object>) optimizer(content).get("state");
  }

  @SuppressWarnings("unchecked") // what the writer makes
  private static Map<String, Object> group(Map<String, Object> content) {
    return ((List<Map<String, Object>>) optimizer(content).get("param_groups")).get(0);
  }

  private static FloatTensor zeros(Integer... shape) {
    int length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return new FloatTensor(List.of(shape), new float[length], 0);
  }

  private Path folderPath(String name) {
    return new Path(folder.resolve(name).toUri());
  }

  private void write(Path file, Object content) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve(file.getName()))) {
      TorchFileWriter.write(out, "archive", content);
    }
  }

  private Path export(Checkpoint checkpoint, boolean pytorch) throws IOException {
    Path file = folderPath(pytorch ? "exported.pth.tar" : "exported.safetensors");
    try (OutputStream out = Files.newOutputStream(folder.resolve(file.getName()))) {
      PublishedCheckpointWriter writer = new PublishedCheckpointWriter(checkpoint);
      if (pytorch) {
        writer.writePyTorch(RandomCheckpoint.TRAIN, out);
      } else {
        writer.writeSafeTensors(out);
      }
    }
    return file;
  }

  private static PublishedCheckpoint read(Path file, Optional<Recurrence> recurrence)
      throws IOException {
    FileSystem fileSystem = FileSystem.getLocal(new Configuration());
    try (PublishedCheckpointReader reader =
        PublishedCheckpointReader.open(fileSystem, file, recurrence)) {
      return reader.read();
    }
  }

  private static void assertSame(TrainingState actual, TrainingState expected) {
    assertThat(actual.steps()).isEqualTo(expected.steps());
    assertThat(actual.epochs()).isEqualTo(expected.epochs());
    assertThat(actual.queues().enqueued()).isEqualTo(expected.queues().enqueued());
    assertThat(actual.queues().keys()).isDeepEqualTo(expected.queues().keys());
    assertSame(actual.model().query(), expected.model().query());
    assertSame(actual.model().key(), expected.model().key());
    assertSame(actual.model().velocity(), expected.model().velocity());
  }

  private static void assertSame(List<FloatBlock> actual, List<FloatBlock> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int m = 0; m < expected.size(); m++) {
      assertThat(actual.get(m).values()).containsExactly(expected.get(m).values());
    }
  }
}
