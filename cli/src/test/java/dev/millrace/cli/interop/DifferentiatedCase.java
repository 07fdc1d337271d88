package dev.millrace.cli.interop;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.GradientRegistry;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A conformance case made into one of gradients: imported, its floating-point and complex results
 * weighted and summed, the sum differentiated by all that is fed and by the variables, and the
 * gradients' own sum once more. The results {@code out/k} are the gradients, first the first ones.
 */
final class DifferentiatedCase {
  private static final Pattern RESULT = Pattern.compile("(out|want)/\\d+");
  private static final Set<DataType> FED =
      Set.of(
          DataType.FLOAT32,
          DataType.FLOAT64,
          DataType.INT32,
          DataType.INT64,
          DataType.BOOL,
          DataType.UINT8);
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final GradientRegistry registry;
  private final List<Tensor> results = new ArrayList<>();
  private int first;

  private DifferentiatedCase(GradientRegistry registry) {
    this.registry = registry;
  }

  /**
   * The case's gradients, or null where nothing is to be differentiated by anything.
   *
   * @param registry whose functions are asked
   * @throws dev.millrace.graph.MillraceException if there is no gradient of some op
   */
  static DifferentiatedCase of(GraphDef def, GradientRegistry registry) {
    DifferentiatedCase c = new DifferentiatedCase(registry);
    GraphDef.Builder renamed = def.toBuilder().clearNode();
    for (NodeDef n : def.getNodeList()) {
      boolean result = RESULT.matcher(n.getName()).matches();
      renamed.addNode(result ? n.toBuilder().setName("case_" + n.getName()).build() : n);
    }
    c.graph.importGraphDef(renamed.build());
    return c.differentiate() ? c : null;
  }

  private List<Operation> numbered(String prefix) {
    List<Operation> found = new ArrayList<>();
    for (int k = 0; graph.findOperation(prefix + k) != null; k++) {
      found.add(graph.operation(prefix + k));
    }
    return found;
  }

  private boolean differentiate() {
    List<Tensor> ys = new ArrayList<>();
    numbered("case_out/").forEach(o -> ys.add(tf.tensor(o.output(0))));
    List<Output> xs = new ArrayList<>();
    for (Operation in : numbered("in/")) {
      if (!FED.contains(in.output(0).dtype())) {
        return false;
      }
      xs.add(in.output(0));
    }
    for (Operation op : graph.operations()) {
      if (VARIABLES.contains(op.type())) {
        xs.add(op.output(0));
      }
    }
    xs.removeIf(x -> !isReal(x.dtype()) && x.dtype() != DataType.RESOURCE);
    if (xs.isEmpty()) {
      return false;
    }
    List<Tensor> gradients = gradients(ys, xs, "first");
    if (gradients.isEmpty()) {
      return false;
    }
    gradients.forEach(this::show);
    first = results.size();
    return true;
  }

  /**
   * Differentiates once more.
   *
   * @throws dev.millrace.graph.MillraceException if there is no gradient of some op
   */
  void differentiateAgain() {
    List<Output> xs = new ArrayList<>();
    for (Operation in : numbered("in/")) {
      if (isReal(in.output(0).dtype())) {
        xs.add(in.output(0));
      }
    }
    if (!xs.isEmpty()) {
      gradients(List.copyOf(results), xs, "second").forEach(this::show);
    }
  }

  private static boolean isReal(DataType t) {
    return t.isFloating();
  }

  private void show(Tensor t) {
    boolean wide = t.dtype() == DataType.FLOAT32 || t.dtype() == DataType.FLOAT64;
    Tensor r = wide ? t : t.cast(DataType.FLOAT32);
    results.add(tf.identity(r).as("out/" + results.size()));
  }

  /** The gradients of a weighted sum of {@code ys}; of rows, the rows and their numbers. */
  private List<Tensor> gradients(List<Tensor> ys, List<Output> xs, String name) {
    List<Tensor> parts = new ArrayList<>();
    for (Tensor y : ys) {
      if (y.dtype().isComplex()) {
        parts.add(weighted(tf.real(y), parts.size()));
        parts.add(weighted(tf.imag(y), parts.size()));
      } else if (y.dtype().isFloating()) {
        parts.add(weighted(y, parts.size()));
      }
    }
    List<Tensor> found = new ArrayList<>();
    if (parts.isEmpty()) {
      return found;
    }
    for (Gradient g : Gradients.builder(parts, xs).registry(registry).name(name).build()) {
      if (g.isSparse()) {
        found.add(g.slices().values());
        found.add(g.slices().indices());
      } else if (g.isConnected()) {
        found.add(g.dense());
      }
    }
    return found;
  }

  /** The elements, each times a number of its own. */
  private Tensor weighted(Tensor y, int which) {
    Tensor n = tf.range(tf.sizeTensor(y)).cast(y.dtype());
    Tensor weights = n.mul(0.7).add(0.3 + which).sin().reshape(tf.shapeTensor(y));
    return y.mul(weights).reduceSum();
  }

  /** How many of the results are first gradients. */
  int first() {
    return first;
  }

  /** Whether anything is of 16 bits. */
  boolean isHalf() {
    return graph.operations().stream()
        .flatMap(o -> o.outputs().stream())
        .anyMatch(o -> o.dtype() == DataType.FLOAT16 || o.dtype() == DataType.BFLOAT16);
  }

  GraphDef graph() {
    return graph.toGraphDef();
  }

  private static TensorValue constant(Operation op) {
    return op.attrs().getTensor("value");
  }

  /** What comes out here. */
  List<TensorValue> run(SessionOptions options) {
    List<TensorValue> values = new ArrayList<>();
    try (Session s = new Session(graph, options)) {
      if (graph.findOperation("init") != null) {
        s.run("init");
      }
      if (graph.findOperation("step") != null) {
        long steps = constant(graph.operation("step_count")).getLong(0);
        for (long i = 0; i < steps; i++) {
          fed(s).run("step");
        }
      }
      Fetches f = fed(s).fetch(results);
      for (int k = 0; k < results.size(); k++) {
        values.add(f.value(k));
      }
    }
    return values;
  }

  private Runner fed(Session s) {
    Runner r = s.runner();
    List<Operation> in = numbered("in/");
    List<Operation> feeds = numbered("feed/");
    for (int k = 0; k < in.size(); k++) {
      r.feed(in.get(k).output(0), constant(feeds.get(k)));
    }
    return r;
  }
}
