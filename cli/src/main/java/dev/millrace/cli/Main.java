package dev.millrace.cli;

import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code millrace} command: each subcommand is a class of its own, listed here. */
@Command(
    name = "millrace",
    description = "Builds, runs and checks dataflow graphs on the JVM.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT, // the subcommands have --help and --version too
    version = "Millrace 0.1.0-SNAPSHOT")
public final class Main implements Runnable {
  /** The subcommands, in the order in which the help shows them. */
  private static final List<Class<?>> SUBCOMMANDS =
      List.of(Conformance.class, RunGraph.class, ShowGraph.class, ShowCheckpoint.class);

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Shows where an error comes from in the program.")
  private boolean stackTrace;

  @Spec private CommandSpec spec;

  private Main() {}

  /** Without a subcommand there is nothing to do: that is a usage error. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand");
  }

  /** The command with its subcommands, for {@code main} and for tests. */
  static CommandLine commandLine() {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    SUBCOMMANDS.forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              command.getErr().println("millrace: " + message(e));
              if (main.stackTrace) {
                e.printStackTrace(command.getErr());
              }
              return 1;
            });
  }

  private static String message(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "there is no file " + e.getMessage();
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
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
