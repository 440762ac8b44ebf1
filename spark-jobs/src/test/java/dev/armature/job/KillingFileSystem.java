package dev.armature.job;

import dev.armature.round.StepwiseFileSystem;
import java.io.IOException;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * The local file system, in whose middle the process is killed, SIGKILL: before the step that the
 * system property {@link #BEFORE} names. For {@code fs.file.impl}.
 */
public final class KillingFileSystem extends LocalFileSystem {
  /** The system property: a step of {@link StepwiseFileSystem} and a file's name, with a space. */
  static final String BEFORE = "armature.test.killed-before";

  /** As Hadoop calls it. */
  public KillingFileSystem() {
    super(new StepwiseFileSystem(KillingFileSystem::before));
  }

  private static void before(String step, String name) throws IOException {
    if ((step + " " + name).equals(System.getProperty(BEFORE))) {
      try {
        long self = ProcessHandle.current().pid();
        new ProcessBuilder("bash", "-c", "kill -9 " + self).start().waitFor();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("should not be alive");
    }
  }
}
