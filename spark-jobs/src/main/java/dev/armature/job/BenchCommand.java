package dev.armature.job;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bench}: how fast the parts are on this machine. */
@Command(
    name = "bench",
    description = "Measures how fast the parts are on this machine.",
    subcommands = {
      BenchStepCommand.class,
      BenchLossesCommand.class,
      BenchRoundsCommand.class,
      BenchMemoryCommand.class,
      BenchScaleCommand.class,
      BenchViewsCommand.class,
      BenchKnnCommand.class,
      BenchPrepareCommand.class,
      BenchEmbedCommand.class,
      BenchGpuCheckCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit bench step --set encoder.hidden=256",
      "  deploy/local/submit bench rounds --help"
    })
final class BenchCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }
}
