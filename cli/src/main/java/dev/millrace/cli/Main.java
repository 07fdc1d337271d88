package dev.millrace.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code millrace} command: each subcommand is a class of its own, listed here. */
@Command(
    name = "millrace",
    description = "Builds, runs and checks dataflow graphs on the JVM.",
    mixinStandardHelpOptions = true,
    version = "Millrace 0.1.0-SNAPSHOT")
public final class Main implements Runnable {
  /** The subcommands, in the order in which the help shows them. */
  private static final List<Class<?>> SUBCOMMANDS = List.of();

  @Spec private CommandSpec spec;

  private Main() {}

  /** Without a subcommand there is nothing to do: that is a usage error. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand");
  }

  /** The command with its subcommands, for {@code main} and for tests. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    SUBCOMMANDS.forEach(line::addSubcommand);
    return line;
  }

  /**
   * Runs a subcommand and exits with its status: 0 for success, 1 for a failure, 2 for wrong usage.
   *
   * @param args the subcommand and its arguments
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
