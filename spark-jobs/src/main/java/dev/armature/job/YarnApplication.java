package dev.armature.job;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** An application of YARN's, as its ResourceManager knows it. */
record YarnApplication(String id, YarnApplicationState state, FinalApplicationStatus finalStatus) {

  /**
   * Asks for the application with a tag.
   *
   * @param tag that no other has, in lower case
   * @return empty if there is none
   * @throws IOException if the ResourceManager does not tell
   */
  static Optional<YarnApplication> tagged(String tag, Configuration hadoop) throws IOException {
    try (YarnClient yarn = YarnClient.createYarnClient()) {
      yarn.init(new YarnConfiguration(hadoop));
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
                      report.getFinalApplicationStatus()));
    } catch (YarnException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  /** How it stands, and where the driver's output is. */
  String text() {
    return "%s %s; what its driver printed: yarn logs -applicationId %s -log_files stdout,stderr -am ALL"
        .formatted(
            id,
            finalStatus == FinalApplicationStatus.UNDEFINED
                ? "is %s".formatted(state)
                : "ended %s".formatted(finalStatus),
            id);
  }
}
