package dev.armature.job;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.service.ServiceStateException;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.exceptions.YarnRuntimeException;
import picocli.CommandLine.ExitCode;

/**
 * An application of YARN's, as its ResourceManager knows it.
 *
 * @param diagnostics what its driver, or YARN, gave as the reason of its end; empty if nothing
 */
record YarnApplication(
    String id, YarnApplicationState state, FinalApplicationStatus finalStatus, String diagnostics) {

  /**
   * How a {@link CommandFailure} begins, wherever Spark or YARN quote it: YARN passes words on, no
   * exit codes of commands.
   */
  private static final Pattern EXIT_CODE =
      Pattern.compile(Pattern.quote(CommandFailure.class.getName()) + ": exit code (\\d{1,3}):");

  /** Of one question; whoever asks decides how often to ask again. */
  private static final int ANSWER_WITHIN_MILLISECONDS = 30_000;

  /**
   * Asks for the application with a tag.
   *
   * @param tag that no other has, in lower case
   * @return empty if there is none
   * @throws IOException if the ResourceManager does not tell
   */
  static Optional<YarnApplication> tagged(String tag, Configuration hadoop) throws IOException {
    YarnConfiguration configuration = new YarnConfiguration(hadoop);
    configuration.setInt(
        YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, ANSWER_WITHIN_MILLISECONDS);
    try (YarnClient yarn = YarnClient.createYarnClient()) {
      yarn.init(configuration);
      yarn.start();
      List<ApplicationReport> found =
          yarn.getApplications(null, EnumSet.allOf(YarnApplicationState.class), Set.of(tag));
      return found.stream()
          .findFirst()
          .map(
              report ->
                  new YarnApplication(
                      report.getApplicationId().toString(),
                      report.getYarnApplicationState(),
                      report.getFinalApplicationStatus(),
                      Objects.requireNonNullElse(report.getDiagnostics(), "")));
    } catch (YarnException | YarnRuntimeException | ServiceStateException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  /** Whether it has not ended. */
  boolean runsOn() {
    return state != YarnApplicationState.FINISHED
        && state != YarnApplicationState.FAILED
        && state != YarnApplicationState.KILLED;
  }

  /** That of the command; an application that has none, as it was killed, has failed. */
  int commandsExitCode() {
    if (finalStatus == FinalApplicationStatus.SUCCEEDED) {
      return ExitCode.OK;
    }
    Matcher told = EXIT_CODE.matcher(diagnostics);
    return told.find() && Integer.parseInt(told.group(1)) == ExitCode.USAGE
        ? ExitCode.USAGE
        : ExitCode.SOFTWARE;
  }

  /** How it stands, and where the driver's output is. */
  String text() {
    return "%s %s; what its driver printed: yarn logs -applicationId %s -log_files stdout,stderr -am ALL"
        .formatted(
            id,
            finalStatus == FinalApplicationStatus.UNDEFINED
                ? "is %s".formatted(state)
                : "ended %s%s"
                    .formatted(
                        finalStatus,
                        commandsExitCode() == ExitCode.USAGE ? " with exit code 2" : ""),
            id);
  }
}
