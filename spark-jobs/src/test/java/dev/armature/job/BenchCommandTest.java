package dev.armature.job;

import static dev.armature.job.CommandCall.assertRefused;
import static dev.armature.job.CommandCall.succeeding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.job.LossGrowth.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
  private static final List<String> TINY =
      List.of(
          "encoder.hidden=4",
          "encoder.layers=1",
          "encoder.embedding=8",
          "distill.queue=64",
          "distill.neighbours=16",
          "train.batch=4",
          "augment.frames=8",
          "round.cores-per-worker=1");

  private static List<String> bench(String command, String... options) {
    return CommandCall.withSettings(
        Stream.concat(
                Stream.of("bench", command, "--steps", "2", "--warm-up", "1"), Stream.of(options))
            .toList(),
        TINY.stream());
  }

  private static JsonNode lastLine(CommandCall call) throws IOException {
    List<String> lines = call.out().lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  @Test
  void nearest_neighbours_are_timed_by_metric_and_number() {
    CommandCall call =
        succeeding(
            List.of(
                "bench",
                "knn",
                "--training",
                "300",
                "--test",
                "90",
                "--columns",
                "32",
                "--classes",
                "6",
                "--neighbours",
                "1,5"));

    assertThat(call.out().lines().toList())
        .hasSize(5)
        .first(InstanceOfAssertFactories.STRING)
        .startsWith("300 training and 90 test rows of 32 numbers, 6 classes");
    assertThat(call.out())
        .contains("cosine, 1 neighbours: ", "cosine, 5 neighbours: ", "euclidean, 5 neighbours: ");
  }

  @Test
  void every_variant_has_a_row_with_its_phases_and_its_ratio_to_the_first() throws IOException {
    CommandCall call =
        succeeding(
            bench(
                "step",
                "--vary",
                "distill.method=base,cmd",
                "--vary",
                "encoder.modalities=[joint],[joint,bone]",
                "--variant",
                "distill.method=i2md train.batch=8",
                "--json"));

    assertThat(call.out().lines().filter(line -> line.startsWith("distill.method=")))
        .hasSize(5)
        .allMatch(line -> line.strip().split("\\s{2,}").length == 9);
    JsonNode rows = lastLine(call);
    assertThat(rows.findValuesAsText("variant"))
        .containsExactly(
            "distill.method=base encoder.modalities=[joint]",
            "distill.method=base encoder.modalities=[joint,bone]",
            "distill.method=cmd encoder.modalities=[joint]",
            "distill.method=cmd encoder.modalities=[joint,bone]",
            "distill.method=i2md train.batch=8");
    assertThat(rows.get(0).get("ratio").asDouble()).isEqualTo(1);
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.get("ratio").asDouble()).isPositive();
              assertThat(row.get("phases").fieldNames())
                  .toIterable()
                  .containsExactly("views", "keys", "queries", "losses", "backward", "update");
              assertThat(row.get("phases")).allMatch(phase -> phase.asDouble() > 0);
            });
  }

  @Test
  void a_gpu_that_cannot_be_used_is_the_calls_mistake() {
    assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "this machine has a driver of NVIDIA's");
    CommandCall step = CommandCall.of(bench("step", "--set", "encoder.backend=cudnn"));
    CommandCall check =
        CommandCall.of(CommandCall.withSettings(List.of("bench", "gpu-check"), TINY.stream()));

    for (CommandCall call : List.of(step, check)) {
      assertThat(call.exitCode()).as(call.err()).isEqualTo(2);
      assertThat(call.err())
          .contains("encoder.backend = onednn")
          .containsAnyOf(
              "this build has no engine for encoder.backend = cudnn: build with -Pcuda",
              "libcuda.so.1")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void without_variants_a_step_is_held_against_a_matrix_product() throws IOException {
    JsonNode result = lastLine(succeeding(bench("step", "--json")));

    assertThat(result.fieldNames())
        .toIterable()
        .containsExactly("secondsPerStep", "sequencesPerSecond", "gflops", "sgemmGflops", "ratio");
  }

  @Test
  void losses_are_timed_for_every_number_of_modalities() throws IOException {
    CommandCall call =
        succeeding(
            bench(
                "losses",
                "--modalities",
                "2,3,5",
                "--vary",
                "distill.topology=pairwise,consensus",
                "--json"));

    JsonNode variants = lastLine(call);
    assertThat(variants.findValuesAsText("variant"))
        .containsExactly("distill.topology=pairwise", "distill.topology=consensus");
    assertThat(variants)
        .allSatisfy(
            variant -> {
              assertThat(variant.get("all")).hasSize(3).allMatch(time -> time.asDouble() > 0);
              assertThat(variant.get("linear").isNumber()).isTrue();
            });
    assertThat(call.out()).contains("M²");
  }

  private static List<String> scale(String... options) {
    return CommandCall.withSettings(
        Stream.concat(
                Stream.of("bench", "scale", "--workers", "1,2,4", "--json"), Stream.of(options))
            .toList(),
        Stream.concat(
            TINY.stream().filter(each -> !each.startsWith("encoder.hidden")),
            Stream.of("encoder.hidden=24", "round.local-steps=2")));
  }

  /** Sequences and keys are so few that what every task adds is some hundredths. */
  @Test
  void the_driver_receives_one_copy_from_any_number_of_workers_and_bytes_are_as_computed()
      throws IOException {
    JsonNode measured = lastLine(succeeding(scale("--rounds", "1")));
    JsonNode computed = lastLine(succeeding(scale("--model")));

    assertThat(measured).hasSize(3);
    for (int row = 0; row < 3; row++) {
      assertThat(measured.get(row).get("copies").asDouble()).isBetween(1.0, 1.1);
      assertThat(measured.get(row).get("sequencesPerSecond").asDouble()).isPositive();
      for (String bytes : List.of("publishedModel", "shuffled", "receivedParameters")) {
        double expected = computed.get(row).get(bytes).asDouble();
        assertThat(measured.get(row).get(bytes).asDouble())
            .as(bytes)
            .isBetween(expected, 1.1 * expected);
      }
    }
  }

  @Test
  void what_is_sent_in_bfloat16_without_momentum_and_keys_is_a_third_of_everything()
      throws IOException {
    JsonNode all = lastLine(succeeding(scale("--model")));
    JsonNode least =
        lastLine(
            succeeding(
                CommandCall.withSettings(
                    scale("--model"),
                    Stream.of(
                        "round.wire=bfloat16", "round.momentum=local", "round.queue=local"))));
    JsonNode keys = all.get(0).get("receivedAccounts");

    assertThat(3 * least.get(0).get("shuffled").asLong())
        .isEqualTo(all.get(0).get("shuffled").asLong() - keys.asLong());
    assertThat(least.get(0).get("receivedAccounts").asLong()).isZero();
    assertThat(least.get(0).get("carriedBytes").asLong()).isPositive();
    assertThat(least.get(2).get("driverBytes").asLong())
        .isEqualTo(least.get(0).get("driverBytes").asLong());
  }

  @Test
  void growth_is_parted_into_a_linear_and_a_square_part() {
    List<Integer> modalities = List.of(2, 3, 6);
    Fit fit = Fit.of(modalities, modalities.stream().map(m -> 5.0 * m + 0.25 * m * m).toList());

    assertThat(fit.linear()).isCloseTo(5, within(1e-9));
    assertThat(fit.square()).isCloseTo(0.25, within(1e-9));
  }

  @Test
  void a_wrong_variant_is_refused_by_name() {
    assertRefused(bench("step", "--vary", "distill.method"), "--vary distill.method", "key=value");
    assertRefused(bench("step", "--vary", "distill.method=base,"), "a value is empty");
    assertRefused(bench("step", "--vary", "distill.method=base,moco"), "distill.method", "moco");
    assertRefused(bench("step", "--variant", "nonsense"), "--variant 'nonsense'", "key=value");
    assertRefused(bench("losses", "--modalities", "3"), "--modalities", "[3]");
    assertRefused(bench("losses", "--modalities", "3,7"), "1 to 6", "[3, 7]");
  }
}
