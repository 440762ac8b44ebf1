package dev.armature.job;

import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: lets a shell complete commands and options. */
@Command(
    name = "completion",
    description = "Prints a script by which bash and zsh complete the words of submit.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit completion > ~/.armature-completion",
      "",
      "then, in ~/.bashrc: source ~/.armature-completion"
    })
final class CompletionCommand implements Callable<Integer>, Checked {
  /** All scripts of that name, whatever folder they are called in. */
  private static final String SCRIPT = "submit";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    System.out.println(AutoComplete.bash(SCRIPT, spec.root().commandLine()));
    return 0;
  }

  @Override
  public void check(Configuration hadoop) {
    // Nothing can be wrong with it.
  }
}
