package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.SparseTensor;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A graph of calls of the fluent methods, in the form that {@link TensorFlowJudge} runs. Inputs are
 * placeholders with defaults, so that neither side computes the results while the graph is built.
 */
final class FluentCalls {
  /** One call; gives an operand, an operation or a list of operands. */
  @FunctionalInterface
  interface Call {
    Object build(FluentCalls c, Ops tf);
  }

  private final Ops tf = Ops.of(new Graph());
  private final Set<String> methods = new TreeSet<>();
  private final List<String> names = new ArrayList<>();
  private final List<Tensor> results = new ArrayList<>();
  private final List<Object> steps = new ArrayList<>();
  private int seed;
  private int stepCount = 1;
  private double tolerance = 1e-5;
  private final List<Double> tolerances = new ArrayList<>();

  FluentCalls() {
    tf.setRandomSeed(3);
  }

  /** How far the results of the calls that follow may differ. */
  FluentCalls within(double relative) {
    tolerance = relative;
    return this;
  }

  /** How often the steps are run before the results are fetched; once by default. */
  FluentCalls steps(int n) {
    stepCount = n;
    return this;
  }

  /** Calls the method {@code name} in some way and shows what it gives. */
  FluentCalls add(String name, Call call) {
    methods.add(name);
    seed = name.hashCode();
    show(name, call.build(this, tf));
    return this;
  }

  private void show(String name, Object result) {
    if (result instanceof List<?> all) {
      for (int i = 0; i < all.size(); i++) {
        show(name + "[" + i + "]", all.get(i));
      }
    } else if (result instanceof SparseTensor s) {
      show(name, List.of(s.indices(), s.values(), s.denseShape()));
    } else if (result instanceof Operation op) {
      steps.add(op);
    } else if (result != null) {
      Tensor t = tf.tensor((Operand) result);
      if (t.dtype().isComplex()) {
        show(name + ".real", tf.real(t));
        show(name + ".imag", tf.imag(t));
      } else {
        names.add(name);
        tolerances.add(tolerance);
        results.add(tf.identity(readable(t)).as("out/" + results.size()));
      }
    }
  }

  /** TensorFlow's Java knows few dtypes. */
  private static Tensor readable(Tensor t) {
    return switch (t.dtype()) {
      case FLOAT32, FLOAT64, INT32, INT64, STRING -> t;
      case FLOAT16, BFLOAT16 -> t.cast(DataType.FLOAT32);
      default -> t.cast(DataType.INT32);
    };
  }

  Set<String> methods() {
    return methods;
  }

  /** What the results are of, in their order. */
  List<String> names() {
    return names;
  }

  /** How far result {@code k} may differ. */
  double tolerance(int k) {
    return tolerances.get(k);
  }

  GraphDef graph() {
    List<Object> inits = new ArrayList<>();
    tf.globalVariables().forEach(v -> inits.add(v.initializer()));
    tf.localVariables().forEach(v -> inits.add(v.initializer()));
    inits.addAll(tf.graph().collection(GraphKeys.TABLE_INITIALIZERS, Operation.class));
    tf.group("init", inits.toArray());
    tf.queueRunners().forEach(r -> steps.addAll(new LinkedHashSet<>(r.enqueueOps())));
    tf.group("step", steps.toArray());
    tf.constant("step_count", stepCount);
    return tf.graph().toGraphDef();
  }

  List<TensorValue> run(SessionOptions options) {
    List<TensorValue> values = new ArrayList<>();
    try (Session s = new Session(tf.graph(), options)) {
      s.run("init");
      for (int i = 0; i < stepCount; i++) {
        s.run("step");
      }
      Fetches f = s.runner().fetch(results);
      for (int k = 0; k < results.size(); k++) {
        values.add(f.value(k));
      }
    }
    return values;
  }

  // ---- inputs

  /** These values, which the graph does not know. */
  Tensor in(Object values) {
    Tensor t = tf.constant(values);
    return tf.placeholderWithDefault(t, t.shape());
  }

  /** Float32 numbers between {@code low} and {@code high}, all different. */
  Tensor between(double low, double high, long... dims) {
    Shape s = Shape.of(dims);
    float[] v = new float[(int) s.numElements()];
    seed++;
    for (int i = 0; i < v.length; i++) {
      double u = (i + 1) * 0.6180339887 + (seed & 0xff) * 0.0731;
      v[i] = (float) (low + (u - Math.floor(u)) * (high - low));
    }
    return in(TensorValue.wrap(DataType.FLOAT32, s, v));
  }

  /** Between -2 and 2. */
  Tensor any(long... dims) {
    return between(-2, 2, dims);
  }

  /** Between 0.25 and 3. */
  Tensor positive(long... dims) {
    return between(0.25, 3, dims);
  }

  /** Of whole numbers. */
  Tensor ints(int... values) {
    return in(values);
  }

  /** A matrix whose own transpose it is, all eigenvalues above 0. */
  Tensor definite() {
    return in(new double[][] {{4, 1, 0.5}, {1, 3, -0.25}, {0.5, -0.25, 2}});
  }
}
