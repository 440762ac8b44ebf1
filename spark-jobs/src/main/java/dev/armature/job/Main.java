package dev.armature.job;

import dev.armature.dataset.DatasetException;
import dev.armature.encoder.EngineUnavailableException;
import dev.armature.round.DivergedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The command line. Exit codes: 0 done; 1 the run failed, and calling again may help; 2 calling
 * again does not help: the call or its configuration is wrong, or training has diverged with it.
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
      DoctorCommand.class,
      PretrainCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      CompareCommand.class,
      EmbedCommand.class,
      SearchCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      BenchCommand.class,
      CompletionCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit prepare --dataset synthetic --out generated",
      "  deploy/local/submit pretrain --conf conf/demo.conf \\",
      "      --set data.path=generated --set output.dir=runs/first",
      "  deploy/local/submit evaluate --run runs/first --data generated"
    })
public final class Main implements Callable<Integer> {

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where an error came from.")
  private boolean verbose;

  /** Whether a check found nothing wrong. */
  private boolean sound;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Why the command failed; what it has printed already where that is all there is to say. */
  private String reason = "what was wrong stands above, in what it printed";

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code. Within a container of YARN's it does
   * not end the process: YARN takes any early end for a failure, and what is thrown for the reason.
   */
  public static void main(String[] arguments) {
    LoggedErrors.adoptWhereLogIsJson();
    Main main = new Main();
    int exitCode = main.execute(arguments);
    if (!System.getProperty("spark.master", "").equals("yarn")
        || !System.getProperty("spark.submit.deployMode", "").equals("cluster")) {
      System.exit(exitCode);
    }
    if (exitCode != CommandLine.ExitCode.OK) {
      CommandFailure failure = new CommandFailure(exitCode, main.reason);
      if (exitCode == CommandLine.ExitCode.USAGE) {
        YarnRefusal.tell(failure, Sessions.hadoop());
      }
      throw failure;
    }
  }

  /** Runs one command. */
  static int run(String... arguments) {
    return new Main().execute(arguments);
  }

  /**
   * Finds out what is wrong with a call, and does nothing of what it asks for.
   *
   * @param data whether data and folders can be looked at from here
   * @return the exit code where there is nothing to be done, because it is wrong or asks for help;
   *     empty where it may be run
   */
  static OptionalInt check(Configuration hadoop, List<String> arguments, boolean data) {
    Main main = new Main();
    int exitCode =
        main.execute(
            main.commandLine().setExecutionStrategy(call -> main.checked(call, hadoop, data)),
            arguments.toArray(String[]::new));
    return main.sound ? OptionalInt.empty() : OptionalInt.of(exitCode);
  }

  private int checked(ParseResult call, Configuration hadoop, boolean data) {
    List<CommandLine> commands = call.asCommandLineList();
    CommandLine last = commands.get(commands.size() - 1);
    if (CommandLine.printHelpIfRequested(call)) {
      return CommandLine.ExitCode.OK;
    }
    if (!last.getSubcommands().isEmpty()) {
      // No command: nothing for a cluster.
      return new CommandLine.RunLast().execute(call);
    }
    try {
      if (last.getCommand() instanceof Checked command) {
        if (data) {
          command.check(hadoop);
        } else {
          command.checkSettings(hadoop);
        }
      }
      sound = true;
      return CommandLine.ExitCode.OK;
    } catch (IOException | RuntimeException wrong) {
      return failed(wrong, last);
    }
  }

  /** Every command and option there is. */
  static CommandLine words() {
    return new Main().commandLine();
  }

  private CommandLine commandLine() {
    return new CommandLine(this)
        .setExecutionExceptionHandler((failure, line, result) -> failed(failure, line))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private int execute(String... arguments) {
    return execute(commandLine(), arguments);
  }

  private int execute(CommandLine line, String... arguments) {
    try {
      Credentials.refuse(arguments, System.getenv());
      return line.execute(arguments);
    } catch (UserMistakeException secret) {
      return failed(secret, line);
    } catch (OutOfMemoryError tooLittle) {
      reason =
          String.format(
              Locale.ROOT,
              "%s; the heap may grow to %.1f GB: set a larger ARMATURE_MEMORY for deploy/*/submit, --driver-memory for spark-submit",
              tooLittle.getMessage(),
              Runtime.getRuntime().maxMemory() * 1e-9);
      LoggedErrors.fail(reason);
      return CommandLine.ExitCode.SOFTWARE;
    } catch (FSError refused) {
      reason = "the local file system refuses: " + Failures.describe(refused.getCause());
      LoggedErrors.fail(reason);
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private int failed(Exception failure, CommandLine line) {
    boolean lasting =
        failure instanceof UserMistakeException
            || failure instanceof DatasetException
            || failure instanceof DivergedException
            // It may come from a task.
            || ExceptionUtils.indexOfType(failure, EngineUnavailableException.class) >= 0;
    reason = Failures.describe(failure);
    LoggedErrors.at(Level.ERROR, () -> tell(failure, !lasting, line.getErr()));
    return lasting ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private void tell(Exception failure, boolean unexpected, PrintWriter err) {
    err.println("armature: " + reason);
    if (verbose) {
      failure.printStackTrace(err);
    } else if (unexpected) {
      err.println("armature: --verbose shows where this came from");
    }
    err.flush();
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
