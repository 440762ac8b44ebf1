package dev.armature.job;

import dev.armature.dataset.DatasetException;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FSError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command line. Exit codes: 0 done, 1 the run failed, 2 the call or its configuration is wrong.
 */
@Command(
    name = "armature",
    description = "Pre-trains 3D skeleton action encoders without labels, on Apache Spark.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PrepareCommand.class,
      PretrainCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      BenchCommand.class
    })
public final class Main implements Callable<Integer> {

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where an error came from.")
  private boolean verbose;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command. */
  static int run(String... arguments) {
    Main main = new Main();
    try {
      return new CommandLine(main)
          .setExecutionExceptionHandler((failure, line, result) -> main.failed(failure, line))
          .setCaseInsensitiveEnumValuesAllowed(true)
          .execute(arguments);
    } catch (OutOfMemoryError tooLittle) {
      System.err.printf(
          "armature: %s; the heap may grow to %.1f GB: set a larger ARMATURE_MEMORY for deploy/local/submit, --driver-memory for spark-submit%n",
          tooLittle.getMessage(), Runtime.getRuntime().maxMemory() * 1e-9);
      return CommandLine.ExitCode.SOFTWARE;
    } catch (FSError refused) {
      System.err.println(
          "armature: the local file system refuses: " + Failures.describe(refused.getCause()));
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private int failed(Exception failure, CommandLine line) {
    boolean mistake =
        failure instanceof UserMistakeException || failure instanceof DatasetException;
    line.getErr().println("armature: " + Failures.describe(failure));
    if (verbose) {
      failure.printStackTrace(line.getErr());
    } else if (!mistake) {
      line.getErr().println("armature: --verbose shows where this came from");
    }
    line.getErr().flush();
    return mistake ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return Versions.current().entrySet().stream()
          .map(version -> version.getKey() + " " + version.getValue())
          .toArray(String[]::new);
    }
  }
}
