package dev.armature.job;

import dev.armature.job.preflight.Finding;
import dev.armature.job.preflight.FindingsTable;
import dev.armature.job.preflight.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: everything that pretrain looks at before any work, as a table. */
@Command(
    name = "doctor",
    description =
        "Looks at what pretrain would look at before any work, and says what to set; exit code 2 where pretrain would fail.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit doctor --conf conf/utd-mhad.conf \\",
      "      --set data.path=utd-mhad --set output.dir=runs/utd-mhad",
      "  deploy/local/submit doctor --run runs/utd-mhad"
    })
final class DoctorCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Option(
      names = "--resume",
      description = "As of a pretrain that goes on with the run in output.dir.")
  private boolean resume;

  @Option(names = "--run", paramLabel = "DIR", description = "The same, of the run in that folder.")
  private String run;

  @Override
  public Integer call() throws IOException {
    if (run != null) {
      options.overrides().add("output.dir=" + run);
      resume = true;
    }
    Configuration hadoop = Sessions.hadoop();
    Settings settings = RunSettings.read(options, resume, hadoop);
    SparkConf conf = Sessions.configuration("doctor", settings);
    Preflight preflight = new Preflight(settings, resume, conf, hadoop);
    List<Finding> findings = new ArrayList<>(preflight.beforeSession());
    if (preflight.sessionWouldOpen()) {
      Sessions.run(
          conf,
          session -> {
            findings.addAll(preflight.inSession(session));
            return ExitCode.OK;
          });
    }
    System.out.print(FindingsTable.text(findings));
    boolean fails = findings.stream().anyMatch(each -> each.verdict() == Verdict.FAIL);
    System.out.println(
        fails
            ? "\npretrain would be refused with these settings."
            : "\nNothing stands in the way of pretrain with these settings.");
    return fails ? ExitCode.USAGE : ExitCode.OK;
  }
}
