package dev.armature.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.ExitCode;

/**
 * What the submit scripts run, with the arguments of spark-submit. Secrets among these are refused,
 * and the command and its configuration are checked, so that a mistake costs no container. Where
 * the driver is to run in a cluster, recipes are sent along, and in the end the user is told what
 * became of the application. The rest is spark-submit's.
 *
 * <p>Exit codes as for {@link Main}.
 */
public final class Submit {
  /** Names a folder of this process's own, which goes with it. */
  private static final String SCRATCH = "armature.submit.scratch";

  private final SubmitCall call;

  private Submit(SubmitCall call) {
    this.call = call;
  }

  /** Submits, and ends the process with the exit code of the run. */
  public static void main(String[] arguments) throws IOException {
    LoggedErrors.adoptWhereLogIsJson();
    Path scratch = scratch();
    int exitCode;
    try {
      SubmitCall call = SubmitCall.parse(List.of(arguments));
      Credentials.refuse(call);
      exitCode = new Submit(call).run(scratch);
    } catch (UserMistakeException mistake) {
      LoggedErrors.fail(mistake.getMessage());
      exitCode = ExitCode.USAGE;
    } catch (IOException failed) {
      LoggedErrors.fail(Failures.describe(failed));
      exitCode = ExitCode.SOFTWARE;
    }
    System.exit(exitCode);
  }

  private static Path scratch() throws IOException {
    String given = System.getProperty(SCRATCH);
    Path scratch = given == null ? Files.createTempDirectory("armature-submit") : Path.of(given);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(scratch.toFile()), "scratch"));
    return scratch;
  }

  private int run(Path scratch) throws IOException {
    setSparkProperties();
    Configuration hadoop = Sessions.hadoop();
    boolean kubernetes = call.master().startsWith(KubernetesSubmission.SCHEME);
    // Storage of a Kubernetes cluster need not be in this machine's reach.
    OptionalInt nothingToDo = Main.check(hadoop, call.command(), !kubernetes);
    if (nothingToDo.isPresent()) {
      return nothingToDo.getAsInt();
    }
    if (!call.inCluster()) {
      // The driver is this process, and ends it.
      return submit(List.of(), call.command());
    }
    if (kubernetes) {
      return new KubernetesSubmission(call).run(hadoop);
    }
    if (call.master().equals("yarn")) {
      return new YarnSubmission(call).run(scratch, hadoop);
    }
    ShippedRecipes recipes = ShippedRecipes.write(call.command(), scratch, "", hadoop);
    return submit(recipes.options(call.files()), recipes.command());
  }

  /** As spark-submit does for a driver: what is read from here on knows the cluster's settings. */
  private void setSparkProperties() {
    Properties system = System.getProperties();
    for (Map.Entry<String, String> property : call.properties().entrySet()) {
      system.putIfAbsent(property.getKey(), property.getValue());
    }
    system.putIfAbsent("spark.master", call.master());
  }

  private int submit(List<String> further, List<String> command) {
    String failure = call.submit(further, command);
    if (failure.isEmpty()) {
      return ExitCode.OK;
    }
    LoggedErrors.fail(failure);
    return ExitCode.SOFTWARE;
  }
}
