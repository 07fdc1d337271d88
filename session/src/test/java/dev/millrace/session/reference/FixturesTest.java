package dev.millrace.session.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.Graph;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The kernels against values that TensorFlow 1.15.0 computed: every conformance case whose nodes
 * all have kernels and which has no loop. The folder of the cases is given by the environment
 * variable MILLRACE_FIXTURES.
 */
class FixturesTest {
  private static final float DEFAULT_TOLERANCE = 1e-5f;

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    String folder = System.getenv("MILLRACE_FIXTURES");
    assumeTrue(folder != null, "MILLRACE_FIXTURES is not set");
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of(folder))) {
      files = all.filter(f -> f.toString().endsWith(".pb")).sorted().toList();
    }
    assertThat(files).isNotEmpty();
    return files.stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getParent().getFileName() + "/" + f.getFileName(), () -> check(f)));
  }

  private static void check(Path file) throws IOException {
    GraphDef def = GraphDef.parseFrom(Files.readAllBytes(file));
    Graph g = new Graph();
    g.importGraphDef(def);
    List<Output> outs = numbered(g, "out");
    Map<Output, TensorValue> feeds = new HashMap<>();
    List<Output> ins = numbered(g, "in");
    for (int i = 0; i < ins.size(); i++) {
      feeds.put(ins.get(i), constant(g, "feed/" + i));
    }
    requireKernels(g, outs, feeds.keySet());

    GraphWalk walk = new GraphWalk();
    Operation init = g.findOperation("init");
    if (init != null) {
      walk.run(List.of(init), Map.of());
    }
    if (g.findOperation("want_error") != null) {
      String code = constant(g, "want_error").getString(0);
      try {
        rest(g, walk, outs, feeds);
      } catch (MillraceException e) {
        assertThat(e.code()).hasToString(code);
        return;
      }
      fail("nothing failed; " + code + " was expected");
    }
    Map<Output, TensorValue> got = rest(g, walk, outs, feeds);
    float tolerance =
        g.findOperation("tolerance") == null
            ? DEFAULT_TOLERANCE
            : constant(g, "tolerance").floats()[0];
    for (int i = 0; i < outs.size(); i++) {
      requireClose(got.get(outs.get(i)), constant(g, "want/" + i), tolerance, "out/" + i);
    }
  }

  private static Map<Output, TensorValue> rest(
      Graph g, GraphWalk walk, List<Output> outs, Map<Output, TensorValue> feeds) {
    Operation step = g.findOperation("step");
    int steps = step == null ? 0 : constant(g, "step_count").ints()[0];
    for (int i = 0; i < steps; i++) {
      walk.run(List.of(step), feeds);
    }
    return walk.run(outs.stream().map(Output::op).toList(), feeds);
  }

  /** {@code kind/0}, {@code kind/1} and so on. */
  private static List<Output> numbered(Graph g, String kind) {
    List<Output> found = new ArrayList<>();
    for (int i = 0; g.findOperation(kind + "/" + i) != null; i++) {
      found.add(g.operation(kind + "/" + i).output(0));
    }
    return found;
  }

  private static TensorValue constant(Graph g, String name) {
    return g.operation(name).attrs().getTensor("value");
  }

  private static void requireKernels(Graph g, List<Output> outs, Set<Output> fed) {
    Set<Operation> targets = new HashSet<>();
    outs.forEach(o -> targets.add(o.op()));
    for (String name : new String[] {"init", "step"}) {
      if (g.findOperation(name) != null) {
        targets.add(g.operation(name));
      }
    }
    Set<String> missing = new TreeSet<>();
    for (Operation op : GraphWalk.needed(targets, fed)) {
      if (ReferenceKernels.find(op.type()) == null) {
        missing.add(op.type());
      }
    }
    if (!missing.isEmpty()) {
      abort("no kernels here for " + missing);
    }
  }

  private static void requireClose(
      TensorValue got, TensorValue want, float tolerance, String name) {
    assertThat(got.dtype()).as(name).isEqualTo(want.dtype());
    assertThat(got.shape()).as(name).isEqualTo(want.shape());
    for (int i = 0; i < want.size(); i++) {
      if (!equal(got, want, i, tolerance)) {
        fail(name + " differs at element " + i + ": got " + got + ", want " + want);
      }
    }
  }

  private static boolean equal(TensorValue got, TensorValue want, int i, float tolerance) {
    if (want.dtype().isFloating()) {
      double g = got.getDouble(i);
      double w = want.getDouble(i);
      if (Double.isFinite(w) && Double.isFinite(g)) {
        return Math.abs(g - w) <= tolerance * Math.abs(w) + tolerance / 10;
      }
      return g == w || (Double.isNaN(g) && Double.isNaN(w));
    }
    return switch (want.dtype()) {
      case STRING -> Arrays.equals(got.strings()[i], want.strings()[i]);
      default -> got.getLong(i) == want.getLong(i);
    };
  }
}
