package dev.armature.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.deploy.SparkSubmit;
import picocli.CommandLine.ExitCode;

/**
 * What the submit scripts for clusters run, with the arguments of spark-submit. Where the driver is
 * to run in the cluster, the command and its configuration are checked here, so that a mistake
 * costs no container, recipes are sent along, and in the end the user is told what became of the
 * application. The rest is spark-submit's.
 *
 * <p>Exit codes as for {@link Main}.
 */
public final class Submit {
  /** Names a folder of this process's own, which goes with it. */
  private static final String SCRATCH = "armature.submit.scratch";

  private static final String TAGS = "spark.yarn.tags";

  private final SubmitCall call;

  private Submit(SubmitCall call) {
    this.call = call;
  }

  /** Submits, and ends the process with the exit code of the run. */
  public static void main(String[] arguments) throws IOException {
    Path scratch = scratch();
    int exitCode;
    try {
      exitCode = new Submit(SubmitCall.parse(List.of(arguments))).run(scratch);
    } catch (UserMistakeException mistake) {
      System.err.println("armature: " + mistake.getMessage());
      exitCode = ExitCode.USAGE;
    } catch (IOException failed) {
      System.err.println("armature: " + Failures.describe(failed));
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
      return submit(call.with(List.of(), call.command()), "");
    }
    if (kubernetes) {
      return new KubernetesSubmission(call).run(hadoop);
    }
    ShippedRecipes recipes = ShippedRecipes.write(call.command(), scratch, "", hadoop);
    List<String> further = new ArrayList<>();
    if (!recipes.files().isEmpty()) {
      further.add("--files");
      further.add(
          Stream.concat(
                  call.files().stream(),
                  recipes.files().stream().map(file -> file.toUri().toString()))
              .collect(Collectors.joining(",")));
    }
    if (!call.master().equals("yarn")) {
      return submit(call.with(further, recipes.command()), "");
    }
    String tag = "armature-" + UUID.randomUUID().toString().toLowerCase(Locale.ROOT);
    String tags = call.properties().get(TAGS);
    further.add("--conf");
    further.add(TAGS + "=" + (tags == null ? tag : tags + "," + tag));
    return submit(call.with(further, recipes.command()), tag);
  }

  /** As spark-submit does for a driver: what is read from here on knows the cluster's settings. */
  private void setSparkProperties() {
    Properties system = System.getProperties();
    for (Map.Entry<String, String> property : call.properties().entrySet()) {
      system.putIfAbsent(property.getKey(), property.getValue());
    }
    system.putIfAbsent("spark.master", call.master());
  }

  /**
   * @param tag of the application on YARN; empty without one
   */
  private static int submit(List<String> arguments, String tag) throws IOException {
    String failure = "";
    try {
      SparkSubmit.main(arguments.toArray(String[]::new));
    } catch (Exception failed) {
      // Spark tells by an exception that the application failed, and does not declare it.
      failure = Failures.describe(failed);
    }
    String outcome = tag.isEmpty() ? "" : outcome(tag);
    if (!failure.isEmpty()) {
      System.err.println("armature: " + (outcome.isEmpty() ? failure : outcome));
      return ExitCode.SOFTWARE;
    }
    if (!outcome.isEmpty()) {
      System.out.println(outcome);
    }
    return ExitCode.OK;
  }

  private static String outcome(String tag) throws IOException {
    return YarnApplication.tagged(tag, Sessions.hadoop()).map(YarnApplication::text).orElse("");
  }
}
