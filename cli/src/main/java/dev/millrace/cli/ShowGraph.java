package dev.millrace.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace show}: tells what is in a graph's file. */
@Command(
    name = "show",
    description = {
      "Shows what a graph, meta graph or SavedModel is made of: inputs, signatures,",
      "variables, op types, those that are unknown here, collections."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class ShowGraph implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATH",
      description = "A GraphDef or MetaGraphDef, binary or text, or a SavedModel's directory.")
  private Path path;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      split = ",",
      description = "Of a SavedModel, only the graph with just these tags.")
  private final List<String> tags = new ArrayList<>();

  @Option(names = "--all", description = "Shows long lists to the end.")
  private boolean all;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter to = spec.commandLine().getOut();
    GraphFile file = GraphFile.read(path);
    to.println(
        switch (file.kind()) {
          case GRAPH -> "graph " + path;
          case META_GRAPH -> "meta graph " + path;
          case SAVED_MODEL -> "SavedModel " + path + ", graphs: " + file.graphs().size();
        });
    Set<String> asked = new TreeSet<>(tags);
    for (var m : asked.isEmpty() ? file.graphs() : List.of(file.tagged(asked))) {
      new GraphSummary(m, all ? Integer.MAX_VALUE : GraphSummary.SHORT).print(to);
    }
    return 0;
  }
}
