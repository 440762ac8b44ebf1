package dev.armature.report.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A GPU for tests, which is a script in place of NVIDIA's tool. */
public final class AssignedGpu {
  private AssignedGpu() {}

  /** Has an application's figures show an executor that has the GPU. */
  public static void show(String applicationId, String executor, Path folder) throws IOException {
    RunFigures.of(applicationId)
        .orElseThrow()
        .show(
            new ExecutorFigures(
                executor,
                new GpuMemory(
                        tool(folder, "echo ' 1024, 81920, 37'"), List.of("5"), System::nanoTime)
                    .figures()));
  }

  /** A script that does as it is told. */
  static String tool(Path folder, String does) throws IOException {
    Path script = Files.createTempFile(folder, "nvidia-smi", "");
    Files.writeString(script, "#!/bin/sh\n[ \"$1\" = --id=5 ] || exit 6\n" + does + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }
}
