package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;

class NativeLibrariesCheckTest {
  private static final ProcessReport NORTH = Reports.of("1", "north").report();
  private static final ProcessReport SOUTH = Reports.of("2", "south").report();

  private static Finding finding(String check, int executors, ProcessReport... reports) {
    return NativeLibrariesCheck.of(List.of(reports), executors).stream()
        .filter(each -> each.check().equals(check))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void executors_that_are_alike_are_as_they_should_be() {
    assertThat(NativeLibrariesCheck.of(List.of(NORTH, SOUTH), 2))
        .hasSize(3)
        .allMatch(each -> each.verdict() == Verdict.OK);
  }

  @Test
  void how_many_executors_were_reached_is_said() {
    Finding finding = finding("native libraries", 5, NORTH, SOUTH);

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.found()).contains("2 of 5");
  }

  @Test
  void an_executor_that_cannot_load_a_library_is_a_failure_with_its_name_and_reason() {
    Finding finding =
        finding(
            "native libraries", 2, NORTH, Reports.of("2", "south").withFault("no jnidnnl in path"));

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy())
        .contains("executor 2 on south", "no jnidnnl in path", "-spark.jar");
  }

  @Test
  void another_jdk_on_one_executor_is_a_warning() {
    Finding finding = finding("versions", 2, NORTH, Reports.of("2", "south").withJdk(21));

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.found()).contains("JDK 17", "JDK 21", "north", "south");
  }

  @Test
  void processors_of_two_kinds_are_pinned_to_what_both_have() {
    Finding finding =
        finding(
            "instruction sets",
            2,
            NORTH,
            Reports.of("2", "south").withProcessor(dnnl.dnnl_cpu_isa_avx2_vnni, "Haswell"));

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.remedy())
        .contains(
            "spark.executorEnv.ONEDNN_MAX_CPU_ISA=AVX2 ",
            "spark.executorEnv.OPENBLAS_CORETYPE=HASWELL");
  }

  @Test
  void processors_that_openblas_alone_tells_apart_are_a_warning() {
    Finding finding =
        finding(
            "instruction sets",
            2,
            NORTH,
            Reports.of("2", "south").withProcessor(NORTH.isa(), "Cooperlake"));

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.remedy()).contains("ONEDNN_MAX_CPU_ISA=AVX512_CORE ", "SKYLAKEX");
  }

  @Test
  void a_set_that_oneDNN_has_no_name_for_here_counts_as_the_largest_in_it() {
    assertThat(InstructionSet.name(dnnl.dnnl_cpu_isa_avx10_2_512_amx_2))
        .isEqualTo("AVX512_CORE_AMX");
    assertThat(InstructionSet.name(dnnl.dnnl_cpu_isa_sse41)).isEqualTo("SSE41");
  }
}
