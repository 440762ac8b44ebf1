package dev.armature.job;

import java.io.IOException;
import java.net.InetAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * Ends an application on YARN from within its driver, when the driver refuses its call: to try
 * again would be no use. Spark itself leaves its application to YARN then, which repeats it as if
 * the driver had died. Speaks for the application's master, by the token of its container; what
 * Spark tells YARN afterwards comes too late and is ignored.
 */
final class YarnRefusal {
  private YarnRefusal() {}

  /** Tells the ResourceManager that the application has failed for good. */
  static void tell(CommandFailure refusal, Configuration hadoop) {
    try (AMRMClient<AMRMClient.ContainerRequest> master = AMRMClient.createAMRMClient()) {
      master.init(new YarnConfiguration(hadoop));
      master.start();
      try {
        master.registerApplicationMaster(InetAddress.getLocalHost().getHostName(), 0, "");
      } catch (InvalidApplicationMasterRequestException spark) {
        // It had a session already, and with it Spark is registered.
      }
      master.unregisterApplicationMaster(FinalApplicationStatus.FAILED, refusal.toString(), "");
    } catch (IOException | YarnException | RuntimeException untold) {
      LoggedErrors.warn(
          "YARN may try this again, it could not be told that it is no use: "
              + Failures.describe(untold));
    }
  }
}
