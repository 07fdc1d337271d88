package dev.millrace.examples;

import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all programs have in common: the command line, the seed, and where they print. */
abstract class Program implements Callable<Integer> {
  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Where random numbers start (1).")
  protected long seed;

  @Spec private CommandSpec spec;

  /**
   * Checks an option's value.
   *
   * @throws ParameterException with that message, which the command line prints with the usage
   */
  protected final void check(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** Prints a line on the standard output; numbers as in English. */
  protected final void print(String format, Object... values) {
    spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
  }

  /** The command of a program, for its {@code main} and for tests. */
  static CommandLine commandLine(Program program) {
    CommandLine commandLine = new CommandLine(program);
    commandLine
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
    String name = commandLine.getCommandName().replace("millrace ", "");
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              boolean missing = e instanceof NoSuchFileException;
              line.getErr()
                  .println(name + ": " + (missing ? "there is no file " : "") + e.getMessage());
              return 1;
            });
  }
}
