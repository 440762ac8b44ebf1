package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.evaluate.EvaluationMemory;
import dev.armature.evaluate.EvaluationProtocol;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Memory of an evaluation of NTU RGB+D 60 by the published sizes. */
class EvaluationMemoryTest {
  private static final long GIGABYTE = 1L << 30;

  private static EvaluationMemory memory(Set<EvaluationProtocol> protocols) {
    return new EvaluationMemory(
        EncoderBackend.ONEDNN,
        new EncoderShape(150, 1024, 3, 128, 1, Recurrence.LOCKSTEP),
        3,
        64,
        40_000,
        16_000,
        protocols);
  }

  private static List<Finding> findings(
      String master, Set<EvaluationProtocol> protocols, long heap, Map<String, String> settings) {
    return new EvaluationMemoryCheck(
            Layouts.of(master, settings), memory(protocols), GIGABYTE / 2, 100)
        .findings(heap);
  }

  @Test
  void what_does_not_fit_is_refused_with_the_numbers_and_the_settings() {
    List<Finding> findings =
        findings(
            "yarn",
            EnumSet.allOf(EvaluationProtocol.class),
            2 * GIGABYTE,
            Map.of("spark.executor.memory", "1g", "spark.executor.cores", "2"));

    assertThat(findings)
        .filteredOn(
            finding -> finding.check().endsWith("heap") && !finding.check().contains("beside"))
        .hasSize(2)
        .allSatisfy(
            finding -> {
              assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
              assertThat(finding.sentence())
                  .contains("40,000 + 16,000 sequences × 2,048 numbers × 3 streams × 4 bytes")
                  .contains("--protocol");
            });
    assertThat(findings.get(0).sentence()).contains("--driver-memory ");
    assertThat(findings.get(1).sentence()).contains("spark.executor.memory=");
  }

  @Test
  void what_is_asked_for_is_enough() {
    for (String master : List.of("yarn", "local[2]")) {
      Map<String, String> large =
          Map.of(
              "spark.executor.memory", "6g",
              "spark.executor.memoryOverhead", "5g",
              "spark.executor.cores", "2");
      assertThat(findings(master, EnumSet.allOf(EvaluationProtocol.class), 8 * GIGABYTE, large))
          .allMatch(finding -> finding.verdict() == Verdict.OK);
    }
  }

  @Test
  void every_copy_of_the_representations_counts() {
    EvaluationMemory all = memory(EnumSet.allOf(EvaluationProtocol.class));
    assertThat(all.features()).isEqualTo(56_000L * 2048 * 3 * 4);
    // Twice on the way to executors; on these as it is and serialized.
    assertThat(all.driver(100).heap()).isGreaterThan(2 * all.features());
    assertThat(all.executor(2).heap()).isGreaterThan(2 * 40_000L * 2048 * 3 * 4);
    // Linear classifiers see some epochs at a time, and fine-tuning the test split alone.
    EvaluationMemory linear = memory(Set.of(EvaluationProtocol.LINEAR));
    assertThat(linear.driver(100).heap()).isBetween(all.features() / 2, 2 * all.features());
    assertThat(memory(Set.of(EvaluationProtocol.FINE_TUNE)).driver(100).heap())
        .isBetween(2 * 16_000L * 2048 * 4, all.driver(100).heap());
    assertThat(linear.executor(4).heap()).isLessThan(all.executor(4).heap() / 2);
    assertThat(all.executor(4).outside()).isGreaterThan(all.executor(2).outside());
  }
}
