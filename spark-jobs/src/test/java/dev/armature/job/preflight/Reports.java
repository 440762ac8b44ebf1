package dev.armature.job.preflight;

import java.util.List;

/**
 * Reports of processes that do not exist.
 *
 * @param report the usual one
 */
record Reports(ProcessReport report) {
  private static final int AVX512 = 39;

  static Reports of(String executor, String host) {
    return new Reports(
        new ProcessReport(
            executor,
            host,
            4,
            1L << 30,
            0,
            0,
            8L << 30,
            17,
            "amd64",
            "ND4J 1, oneDNN 3",
            AVX512,
            "SkylakeX",
            List.of(),
            "",
            0,
            ""));
  }

  private ProcessReport with(
      int jdk, int isa, String blasCore, long memory, List<String> gpus, String fault) {
    return new ProcessReport(
        report.executor(),
        report.host(),
        report.cores(),
        report.maxHeap(),
        report.javacppBytes(),
        report.javacppPhysicalBytes(),
        memory,
        jdk,
        report.architecture(),
        report.libraries(),
        isa,
        blasCore,
        gpus,
        gpus.isEmpty() ? "" : "engine on GPU " + gpus.get(0),
        gpus.isEmpty() ? 0 : 80L << 30,
        fault);
  }

  ProcessReport withGpus(String... addresses) {
    return with(17, AVX512, "SkylakeX", report.memory(), List.of(addresses), "");
  }

  ProcessReport withJdk(int jdk) {
    return with(jdk, AVX512, "SkylakeX", report.memory(), List.of(), "");
  }

  ProcessReport withProcessor(int isa, String blasCore) {
    return with(17, isa, blasCore, report.memory(), List.of(), "");
  }

  ProcessReport withMemory(long memory) {
    return with(17, AVX512, "SkylakeX", memory, List.of(), "");
  }

  ProcessReport withFault(String fault) {
    return with(17, 0, "", report.memory(), List.of(), fault);
  }
}
