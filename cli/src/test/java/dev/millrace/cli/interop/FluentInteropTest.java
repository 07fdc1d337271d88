package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cli.conformance.Differences;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
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
  private static final double TOLERANCE = 1e-5;

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
          "newQueue",
          "queueRunners",
          "variablesInitializer",
          "assertSameFloatDtype");

  /** Groups of methods, whose op types have recorded cases; and what runs Java. */
  private static final Set<String> GROUPS =
      Set.of(
          "images", "inputs", "io", "javaFunc", "lookup", "signal", "sparse", "strings", "summary");

  @TempDir private Path work;

  private static Map<String, FluentCalls> calls() {
    Map<String, FluentCalls> all = new LinkedHashMap<>();
    all.put("functions", FluentMathCalls.functions());
    all.put("arithmetic", FluentMathCalls.arithmetic());
    all.put("numbers", FluentMathCalls.numbers());
    all.put("reductions", FluentMathCalls.reductions());
    all.put("linalg", FluentMathCalls.linalg());
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
    return all;
  }

  @Test
  void noMethodIsLeftOut() {
    Set<String> left = new TreeSet<>();
    for (Method m : Ops.class.getMethods()) {
      if (m.getDeclaringClass() != Object.class) {
        left.add(m.getName());
      }
    }
    left.removeAll(OTHERS);
    left.removeAll(GROUPS);
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
          String d = Differences.find(got.get(k), want.get(k), TOLERANCE);
          if (d != null) {
            wrong.add(e.getValue().names().get(k) + ", " + o.mode() + ": " + d);
          }
        }
      }
      results += want.size();
    }
    assertThat(wrong).isEmpty();
    assertThat(results).isGreaterThan(350);
  }
}
