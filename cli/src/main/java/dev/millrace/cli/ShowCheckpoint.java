package dev.millrace.cli;

import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.checkpoint.CheckpointEntry;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.session.Saver;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace checkpoint}: shows what a checkpoint holds. */
@Command(
    name = "checkpoint",
    description = "Shows the tensors of a checkpoint: names, dtypes and shapes, and values.",
    sortOptions = false,
    usageHelpAutoWidth = true)
final class ShowCheckpoint implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "PREFIX",
      description = {"The checkpoint, without .index; of a directory,", "the latest in it."})
  private Path prefix;

  @Parameters(
      index = "1..*",
      paramLabel = "NAME",
      description = "Tensors of which the values are printed.")
  private final List<String> names = new ArrayList<>();

  @Option(names = "--values", description = "Prints the values of all tensors.")
  private boolean values;

  @Option(
      names = "--verify",
      description = "Reads everything, and says whether all checksums are right.")
  private boolean verify;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter to = spec.commandLine().getOut();
    try (CheckpointReader r = CheckpointReader.open(checkpoint())) {
      if (verify) {
        r.verify();
        to.println(r.prefix() + " is undamaged: " + r.entries().size() + " tensors");
        return 0;
      }
      for (CheckpointEntry e : r.entries().values()) {
        if (names.isEmpty()) {
          to.println(e.name() + " " + e.dtype() + e.shape() + parts(e));
          if (values) {
            to.println(ArrayFormat.format(r.read(e.name())));
          }
        }
      }
      for (String name : names) {
        CheckpointEntry e = r.entry(name);
        to.println(e.name() + " " + e.dtype() + e.shape() + parts(e));
        to.println(ArrayFormat.format(r.read(name)));
      }
    }
    return 0;
  }

  private static String parts(CheckpointEntry e) {
    return e.slices().isEmpty() ? "" : " in " + e.slices().size() + " parts";
  }

  private Path checkpoint() {
    if (!Files.isDirectory(prefix)) {
      String s = prefix.toString();
      return s.endsWith(".index") ? Path.of(s.substring(0, s.length() - 6)) : prefix;
    }
    return Saver.latestCheckpoint(prefix)
        .orElseThrow(
            () -> new NotFoundException("the directory " + prefix + " names no latest checkpoint"));
  }
}
