package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cli.conformance.Differences;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Accumulator;
import dev.millrace.ops.Barrier;
import dev.millrace.ops.InputPipelines;
import dev.millrace.ops.Io;
import dev.millrace.ops.Lookup;
import dev.millrace.ops.Mutex;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Pictures;
import dev.millrace.ops.Queue;
import dev.millrace.ops.Reader;
import dev.millrace.ops.SequenceParser;
import dev.millrace.ops.Signal;
import dev.millrace.ops.Sparse;
import dev.millrace.ops.SparseAccumulator;
import dev.millrace.ops.StagingArea;
import dev.millrace.ops.Strings;
import dev.millrace.ops.Summaries;
import dev.millrace.ops.Table;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every method that adds operations, called once or more: TensorFlow 1.15.0 computes from the
 * exported graph what is computed here in both modes. Needs the Maven profile {@code interop}; that
 * no method is left out is checked without it, too.
 */
class FluentInteropTest {
  /** Methods that add no operation of their own, or are made to be fed. */
  private static final Set<String> OTHERS =
      Set.of(
          "of",
          "graph",
          "op",
          "tensor",
          "scope",
          "device",
          "controlDependencies",
          "clearControlDependencies",
          "colocateWith",
          "gradientOverrideMap",
          "setRandomSeed",
          "placeholder",
          "currentVariableScope",
          "regularizationLosses",
          "globalVariables",
          "trainableVariables",
          "localVariables",
          "globalVariablesInitializer",
          "localVariablesInitializer",
          "tablesInitializer",
          "queueRunners",
          "variablesInitializer",
          "assertSameFloatDtype");

  /** Groups of methods and what they give, by the names under which they are called here. */
  private static final Map<String, Class<?>> GROUPS =
      Map.ofEntries(
          Map.entry("accumulator", Accumulator.class),
          Map.entry("area", StagingArea.class),
          Map.entry("barrier", Barrier.class),
          Map.entry("images", Pictures.class),
          Map.entry("inputs", InputPipelines.class),
          Map.entry("io", Io.class),
          Map.entry("lookup", Lookup.class),
          Map.entry("mutex", Mutex.class),
          Map.entry("queue", Queue.class),
          Map.entry("reader", Reader.class),
          Map.entry("sequenceParser", SequenceParser.class),
          Map.entry("signal", Signal.class),
          Map.entry("sparse", Sparse.class),
          Map.entry("sparseAccumulator", SparseAccumulator.class),
          Map.entry("strings", Strings.class),
          Map.entry("summary", Summaries.class),
          Map.entry("table", Table.class));

  /** What groups tell about themselves. */
  private static final Set<String> FACTS =
      Set.of("handle", "keyType", "name", "shape", "shapes", "type", "types", "valueType");

  /** What cannot be compared here, with the reason. */
  private static final Map<String, String> NOT_COMPARED =
      Map.of(
          "getSessionHandle", "TensorFlow keeps what its client fetches, from one run to the next",
          "getSessionTensor", "as getSessionHandle",
          "deleteSessionTensor", "as getSessionHandle",
          "javaFunc", "it runs Java, for which TensorFlow has no op",
          "summary.image",
              "the bytes are another packing; ImageSummaryInteropTest compares pixels");

  @TempDir private Path work;

  private Map<String, FluentCalls> calls() throws IOException {
    FluentFileCalls files = new FluentFileCalls(work.resolve("files"));
    Map<String, FluentCalls> all = new LinkedHashMap<>();
    all.put("functions", FluentMathCalls.functions());
    all.put("arithmetic", FluentMathCalls.arithmetic());
    all.put("numbers", FluentMathCalls.numbers());
    all.put("reductions", FluentMathCalls.reductions());
    all.put("linalg", FluentMathCalls.linalg());
    all.put("complex linalg", FluentComplexCalls.linalg());
    all.put("random", FluentMathCalls.random());
    all.put("making", FluentArrayCalls.making());
    all.put("pieces", FluentArrayCalls.pieces());
    all.put("arranging", FluentArrayCalls.arranging());
    all.put("nn", FluentNnCalls.nn());
    all.put("images", FluentNnCalls.images());
    all.put("state", FluentNnCalls.state());
    all.put("flow", FluentNnCalls.flow());
    all.put("checks", FluentNnCalls.checks());
    all.put("candidates", FluentDataCalls.candidates());
    all.put("sparse", FluentDataCalls.sparse());
    all.put("queues", FluentDataCalls.queues());
    all.put("strings", FluentTextCalls.strings());
    all.put("sparse tensors", FluentTextCalls.sparse());
    all.put("signal", FluentTextCalls.signal());
    all.put("pictures", FluentPictureCalls.pictures());
    all.put("io", files.io());
    all.put("lookup", files.lookup());
    all.put("summaries", files.summaries());
    all.put("inputs", files.inputs());
    all.put("queue", FluentSharedCalls.queues());
    all.put("accumulators", FluentSharedCalls.accumulators());
    all.put("held", FluentSharedCalls.held());
    all.put("areas", FluentSharedCalls.areas());
    return all;
  }

  private static Set<String> methods(Class<?> of, String prefix) {
    Set<String> names = new TreeSet<>();
    for (Method m : of.getMethods()) {
      if (m.getDeclaringClass() != Object.class) {
        names.add(prefix + m.getName());
      }
    }
    return names;
  }

  @Test
  void noMethodIsLeftOut() throws IOException {
    Set<String> left = methods(Ops.class, "");
    left.removeAll(OTHERS);
    left.removeAll(
        Set.of("images", "inputs", "io", "lookup", "signal", "sparse", "strings", "summary"));
    GROUPS.forEach(
        (name, c) -> {
          left.addAll(methods(c, name + "."));
          FACTS.forEach(fact -> left.remove(name + "." + fact));
        });
    left.removeAll(NOT_COMPARED.keySet());
    calls().values().forEach(c -> left.removeAll(c.methods()));
    assertThat(left).as("methods without a call here").isEmpty();
  }

  @Test
  void callsGiveTensorFlowsValues() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, FluentCalls> all = calls();
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    all.forEach((name, c) -> graphs.put(name, c.graph()));
    Map<String, List<TensorValue>> wants = TensorFlowJudge.run(graphs, work);
    List<String> wrong = new ArrayList<>();
    int results = 0;
    for (Map.Entry<String, FluentCalls> e : all.entrySet()) {
      List<TensorValue> want = wants.get(e.getKey());
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = e.getValue().run(o);
        for (int k = 0; k < want.size(); k++) {
          String d = Differences.find(got.get(k), want.get(k), e.getValue().tolerance(k));
          if (d != null) {
            wrong.add(e.getValue().names().get(k) + ", " + o.mode() + ": " + d);
          }
        }
      }
      results += want.size();
    }
    assertThat(wrong).isEmpty();
    assertThat(results).isGreaterThan(550);
  }
}
