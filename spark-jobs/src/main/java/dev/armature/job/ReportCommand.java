package dev.armature.job;

import dev.armature.report.page.ReportPage;
import dev.armature.report.page.RunReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: what became of a run, or of several, as a page to be opened in a browser. */
@Command(
    name = "report",
    description =
        "Writes report.html: what became of a run, or several runs side by side. One file that needs no network.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit report runs/utd-mhad",
      "  deploy/local/submit report runs/monday runs/tuesday --out both.html"
    })
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
    List<RunFolder> folders = folders(hadoop);
    List<String> names = names(folders);
    for (int run = 0; run < folders.size(); run++) {
      found.add(reports.of(folders.get(run), names.get(run)));
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
    for (RunFolder run : folders(hadoop)) {
      run.requireConfiguration();
    }
    page(hadoop);
  }

  private List<RunFolder> folders(Configuration hadoop) throws IOException {
    List<RunFolder> folders = new ArrayList<>();
    for (String run : new LinkedHashSet<>(runs)) {
      folders.add(new RunFolder(run, hadoop));
    }
    return folders;
  }

  /** The last parts of their paths, as many as tell them apart. */
  private static List<String> names(List<RunFolder> folders) {
    List<String> names = List.of();
    int most = folders.stream().mapToInt(folder -> folder.path().depth()).max().orElse(1);
    for (int parts = 1; parts <= Math.max(1, most); parts++) {
      int kept = parts;
      names = folders.stream().map(folder -> lastParts(folder.path(), kept)).toList();
      if (new HashSet<>(names).size() == names.size()) {
        return names;
      }
    }
    return names;
  }

  private static String lastParts(Path path, int parts) {
    String name = path.getName();
    Path parent = path.getParent();
    for (int part = 1; part < parts && parent != null && !parent.isRoot(); part++) {
      name = parent.getName() + "/" + name;
      parent = parent.getParent();
    }
    return name;
  }

  private Path page(Configuration hadoop) throws IOException {
    if (out != null) {
      return RunFolder.path(out, hadoop);
    }
    if (folders(hadoop).size() == 1) {
      return new Path(new RunFolder(runs.get(0), hadoop).path(), ReportPage.NAME);
    }
    if (new SparkConf().get("spark.submit.deployMode", "client").equals("cluster")) {
      throw new UserMistakeException(
          "--out is missing: say where the page of several runs is to be written; the folder in which a driver in the cluster runs goes with it");
    }
    return RunFolder.path(
        java.nio.file.Path.of(ReportPage.NAME).toAbsolutePath().toUri().toString(), hadoop);
  }
}
