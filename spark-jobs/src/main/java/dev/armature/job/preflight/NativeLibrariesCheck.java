package dev.armature.job.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether the native libraries compute on every executor, and alike.
 *
 * <p>A task that is run again gives the same bits only where the same kernels run. oneDNN and
 * OpenBLAS choose theirs by the processor's instruction sets, whose sums are of different widths
 * and so in different orders. Where executors differ, a rerun elsewhere, or merely another
 * placement of the workers, gives other last bits; pinning both libraries to what all processors
 * have mends that.
 */
final class NativeLibrariesCheck {
  private NativeLibrariesCheck() {}

  /**
   * Compares.
   *
   * @param executors how many there are
   */
  static List<Finding> of(List<ProcessReport> reports, int executors) {
    List<Finding> findings = new ArrayList<>();
    findings.add(loaded(reports, executors));
    List<ProcessReport> sound = reports.stream().filter(r -> r.fault().isEmpty()).toList();
    if (!sound.isEmpty()) {
      findings.add(versions(sound));
      findings.add(instructions(sound));
    }
    return findings;
  }

  private static Finding loaded(List<ProcessReport> reports, int executors) {
    String check = "native libraries";
    List<String> faults =
        reports.stream()
            .filter(report -> !report.fault().isEmpty())
            .map(report -> report.name() + ": " + report.fault())
            .toList();
    if (!faults.isEmpty()) {
      return Finding.fail(
          check,
          "not on %d of %d executors".formatted(faults.size(), reports.size()),
          "ND4J, OpenBLAS, oneDNN",
          "%s. Submit the jar whose name ends in -spark.jar, to machines with Linux on x86-64 whose temporary folder is writable and allows programs to run (-Dorg.bytedeco.javacpp.cachedir=… in spark.executor.extraJavaOptions names another)"
              .formatted(String.join("; ", faults)));
    }
    String reached = "loaded on %d of %d executors".formatted(reports.size(), executors);
    return reports.size() >= executors
        ? Finding.ok(check, reached, "all")
        : Finding.warning(
            check, reached, "all", "the others were busy or have just come; nothing need be set");
  }

  private static Finding versions(List<ProcessReport> reports) {
    Function<ProcessReport, String> version =
        report ->
            "JDK %d, %s, %s".formatted(report.jdk(), report.architecture(), report.libraries());
    Set<String> versions = distinct(reports, version);
    return versions.size() == 1
        ? Finding.ok("versions", versions.iterator().next(), "the same everywhere")
        : Finding.warning(
            "versions",
            groups(reports, version),
            "the same everywhere",
            "give all executors one image or installation: results may differ with where a task runs");
  }

  private static Finding instructions(List<ProcessReport> reports) {
    String check = "instruction sets";
    Function<ProcessReport, String> set =
        report -> InstructionSet.name(report.isa()) + ", " + report.blasCore();
    Set<String> sets = distinct(reports, set);
    if (sets.size() == 1) {
      return Finding.ok(check, sets.iterator().next(), "the same everywhere");
    }
    InstructionSet common =
        InstructionSet.common(reports.stream().map(ProcessReport::isa).toList());
    return Finding.warning(
        check,
        groups(reports, set),
        "the same everywhere",
        "a task that is run again elsewhere would end in other last bits; set spark.executorEnv.ONEDNN_MAX_CPU_ISA=%s and spark.executorEnv.OPENBLAS_CORETYPE=%s, or ask for machines of one kind"
            .formatted(common.name(), common.blasCore()));
  }

  private static Set<String> distinct(
      List<ProcessReport> reports, Function<ProcessReport, String> by) {
    return reports.stream().map(by).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String groups(List<ProcessReport> reports, Function<ProcessReport, String> by) {
    return distinct(reports, by).stream()
        .map(
            group ->
                "%s on %s"
                    .formatted(
                        group,
                        reports.stream()
                            .filter(report -> by.apply(report).equals(group))
                            .map(ProcessReport::host)
                            .distinct()
                            .limit(3)
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining("; "));
  }
}
