package dev.armature.job;

import dev.armature.report.page.ReportPage;
import dev.armature.report.page.RunReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: what became of a run, or of several, as a page to be opened in a browser. */
@Command(
    name = "report",
    description =
        "Writes report.html: what became of a run, or several runs side by side. One file that needs no network.")
final class ReportCommand implements Callable<Integer>, Checked {

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders of runs.")
  private List<String> runs;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where to write the page. Default: report.html in the run's folder; of several runs, in the folder where this is called.")
  private String out;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    RunReports reports = new RunReports(hadoop);
    List<RunReport> found = new ArrayList<>();
    for (String run : runs) {
      found.add(reports.of(new RunFolder(run, hadoop)));
    }
    Path page = page(hadoop);
    RunReports.write(found, page, hadoop);
    for (RunReport run : found) {
      System.out.printf("%s: %s%n", run.name(), run.verdict().text());
    }
    System.out.printf("Open %s in a browser.%n", page);
    return 0;
  }

  @Override
  public void check(Configuration hadoop) throws IOException {
    for (String run : runs) {
      new RunFolder(run, hadoop).requireConfiguration();
    }
    page(hadoop);
  }

  private Path page(Configuration hadoop) throws IOException {
    if (out != null) {
      return RunFolder.path(out, hadoop);
    }
    if (runs.size() == 1) {
      return new Path(new RunFolder(runs.get(0), hadoop).path(), ReportPage.NAME);
    }
    return RunFolder.path(
        java.nio.file.Path.of(ReportPage.NAME).toAbsolutePath().toUri().toString(), hadoop);
  }
}
