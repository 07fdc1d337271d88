package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.FunctionGrowth;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The gradient of a loop: a loop that goes through the steps backwards, from the last to the first,
 * and carries the gradients with respect to the variables. Gradients with respect to what stays the
 * same in all steps are summed on the way. {@link LoopMemory} keeps what the steps computed.
 */
final class LoopGradients {
  private final GradientContext c;
  private final Ops tf;
  private final Operation op;
  private final int variables;
  private final FunctionGrowth growth;
  private final FunctionBody body;
  private final List<Output> parameters;
  private final List<Output> results;

  private LoopGradients(GradientContext c) {
    this.c = c;
    this.tf = c.tf();
    this.op = c.op();
    this.variables = c.inputCount();
    this.growth = FunctionGrowth.of(op);
    this.body = growth.bodies().get(1);
    this.parameters = body.parameters();
    this.results = body.results();
  }

  /** The gradient function of While. */
  static List<Gradient> gradients(GradientContext c) {
    return new LoopGradients(c).build();
  }

  private List<Gradient> build() {
    Gradient[] result = new Gradient[variables];
    Arrays.fill(result, Gradient.disconnected());
    List<Integer> carried = carried();
    if (carried.stream().noneMatch(c::needs)) {
      return List.of(result);
    }
    LoopMemory memory = new LoopMemory(tf, op, growth);
    List<Output> initial = new ArrayList<>(List.of(memory.steps()));
    List<Parameter> declared = new ArrayList<>();
    declared.add(new Parameter("step", DataType.INT32, Shape.scalar()));
    for (int i : carried) {
      initial.add(initial(i));
      declared.add(like(i));
    }
    FunctionBody step =
        FunctionBody.build(
            tf.graph(),
            body.name() + "_grad",
            declared,
            (gradient, p) -> step(gradient, p, carried, memory));
    initial.addAll(memory.lists());
    List<Output> inside = step.parameters().subList(0, initial.size());
    FunctionBody test =
        FunctionBody.build(
            tf.graph(),
            body.name() + "_grad_cond",
            inside.stream().map(x -> Parameter.like(x.op().name(), x)).toList(),
            p -> List.of(tf.greater(p.get(0), 0).asOutput()));
    Operation loop = Calls.loop(tf, test, step, initial, op);
    for (int k = 0; k < carried.size(); k++) {
      int i = carried.get(k);
      if (c.needs(i)) {
        result[i] = Gradient.of(tf.tensor(loop.output(1 + k)));
      }
    }
    return List.of(result);
  }

  /**
   * The variables whose gradients the loop must carry: those that some gradient from outside
   * reaches, in whatever step, and through which one reaches an argument that needs it.
   */
  private List<Integer> carried() {
    BodyDependence dependence = new BodyDependence(body, c.sweep().lookup());
    BitSet[] reaches = new BitSet[variables];
    BitSet given = new BitSet();
    BitSet useful = new BitSet();
    for (int i = 0; i < variables; i++) {
      reaches[i] = dependence.of(i);
      given.set(i, c.hasGrad(i));
      useful.set(i, c.needs(i));
    }
    for (boolean changed = true; changed; ) {
      int before = given.cardinality() + useful.cardinality();
      for (int i = 0; i < variables; i++) {
        if (given.get(i)) {
          given.or(reaches[i]);
        }
        if (reaches[i].intersects(useful)) {
          useful.set(i);
        }
      }
      changed = given.cardinality() + useful.cardinality() > before;
    }
    given.and(useful);
    return given.stream().filter(i -> i < variables).boxed().toList();
  }

  /** The gradient with respect to variable {@code i} after the last step. */
  private Output initial(int i) {
    Tensor g = c.hasGrad(i) ? c.gradient(i).dense() : Calls.zeros(tf, op.output(i));
    return g.asOutput();
  }

  /** A gradient with respect to variable {@code i}, in the loop. */
  private Parameter like(int i) {
    Output x = parameters.get(i);
    HandleData like = Calls.like(x);
    return x.dtype() == DataType.VARIANT
        ? Parameter.like("grad", x)
        : new Parameter("grad", like.dtype(), like.shape());
  }

  private boolean isInvariant(int i) {
    return results.get(i).equals(parameters.get(i));
  }

  private List<Output> step(
      FunctionBody gradient, List<Output> p, List<Integer> carried, LoopMemory memory) {
    Tensor index = tf.sub(p.get(0), 1);
    memory.open(gradient, index.asOutput());
    List<Output> ys = new ArrayList<>();
    List<Tensor> gradYs = new ArrayList<>();
    List<Output> xs = new ArrayList<>();
    for (int k = 0; k < carried.size(); k++) {
      int i = carried.get(k);
      xs.add(parameters.get(i));
      if (!isInvariant(i)) {
        ys.add(results.get(i));
        gradYs.add(tf.tensor(p.get(1 + k)));
      }
    }
    List<Gradient> g = c.sweep().inFunction(ys, gradYs, xs);
    List<Output> next = new ArrayList<>(List.of(index.asOutput()));
    for (int k = 0; k < carried.size(); k++) {
      Gradient now = g.get(k);
      Tensor t;
      if (isInvariant(carried.get(k))) {
        Tensor soFar = tf.tensor(p.get(1 + k));
        t = now.isConnected() ? tf.addN(List.of(soFar, now.dense())) : soFar;
      } else {
        t = now.isConnected() ? now.dense() : Calls.zeros(tf, xs.get(k));
      }
      next.add(t.asOutput());
    }
    next.addAll(memory.rests());
    return next;
  }

  /**
   * The value {@code x} adds to variable {@code i} in each step: where that is so, its values need
   * not be kept.
   */
  static TensorValue increment(FunctionBody body, int i) {
    Output x = body.parameters().get(i);
    Operation op = body.results().get(i).op();
    boolean counts =
        (x.dtype() == DataType.INT32 || x.dtype() == DataType.INT64)
            && x.shape().equals(Shape.scalar())
            && (op.type().equals("Add") || op.type().equals("AddV2"));
    if (!counts) {
      return null;
    }
    for (int k = 0; k < 2; k++) {
      Output other = op.input(1 - k);
      if (op.input(k).equals(x) && other.op().type().equals("Const")) {
        TensorValue v = other.op().attrs().getTensor("value");
        return v.shape().equals(Shape.scalar()) ? v : null;
      }
    }
    return null;
  }

  /** Runs {@code make} so that what it makes goes into {@code graph}. */
  static <T> T in(dev.millrace.graph.Graph graph, java.util.function.Supplier<T> make) {
    try (Scope s = graph.enter()) {
      return make.get();
    }
  }
}
