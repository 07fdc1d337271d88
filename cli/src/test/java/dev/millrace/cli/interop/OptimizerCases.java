package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.Map;
import java.util.TreeMap;

/**
 * Recorded cases of every optimizer's step: the inputs follow from the op's definition. Sparse
 * steps list a row twice.
 */
final class OptimizerCases {
  private static final int STEPS = 3;

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private OptimizerCases() {
    for (OpDef d : OpRegistry.global().all()) {
      if (d.name().startsWith("ResourceApply") || d.name().startsWith("ResourceSparseApply")) {
        add(d, "f32", DataType.FLOAT32, Map.of());
        add(d, "f64", DataType.FLOAT64, Map.of());
        if (d.attrs().containsKey("use_nesterov")) {
          flagged(d, "nesterov", "use_nesterov", true);
        }
        if (d.attrs().containsKey("update_slots")) {
          flagged(d, "slots_kept", "update_slots", false);
        }
        if (has(d, "l1")) {
          add(d, "no_l1", DataType.FLOAT32, Map.of("l1", 0.0));
        }
        if (has(d, "lr_power")) {
          add(d, "power", DataType.FLOAT32, Map.of("lr_power", -0.3));
        }
      }
    }
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new OptimizerCases().cases;
  }

  private static boolean has(OpDef d, String input) {
    return d.inputs().stream().anyMatch(a -> a.name().equals(input));
  }

  private void add(OpDef d, String variant, DataType t, Map<String, Double> other) {
    VariableCase c = new VariableCase();
    cases.put(d.name() + "__recorded_" + variant, c.steps(step(c, d, t, other).build(), STEPS));
  }

  private void flagged(OpDef d, String variant, String attr, boolean value) {
    VariableCase c = new VariableCase();
    OpBuilder b = step(c, d, DataType.FLOAT32, Map.of()).attr(attr, value);
    cases.put(d.name() + "__recorded_" + variant, c.steps(b.build(), STEPS));
  }

  private static OpBuilder step(
      VariableCase c, OpDef d, DataType t, Map<String, Double> hyperparameters) {
    boolean sparse = has(d, "indices");
    OpBuilder b = c.op(d.name(), "op");
    int variables = 0;
    for (OpDef.ArgDef a : d.inputs()) {
      b.input(
          a.type() == DataType.RESOURCE
              ? c.variable(a.name(), variable(t, variables++))
              : value(c, a.name(), t, sparse, hyperparameters));
    }
    return b;
  }

  /** A variable of either sign first, then slots that are positive. */
  private static TensorValue variable(DataType t, int which) {
    double[] x = new double[15];
    for (int i = 0; i < x.length; i++) {
      x[i] = which == 0 ? Math.sin(2.3 * i + 1) : 0.1 + 0.05 * ((i * 7 + which) % 11);
    }
    return cast(t, Shape.of(5, 3), x);
  }

  private static Output value(
      VariableCase c,
      String name,
      DataType t,
      boolean sparse,
      Map<String, Double> hyperparameters) {
    TensorValue v =
        switch (name) {
          case "indices" -> TensorValue.ofInts(3, 0, 3, 1);
          case "global_step" -> TensorValue.of(3L);
          case "grad", "delta" -> gradient(t, sparse ? 4 : 5);
          default ->
              cast(t, Shape.scalar(), hyperparameters.getOrDefault(name, hyperparameter(name)));
        };
    return c.graph().constant("value_" + name, v);
  }

  private static TensorValue gradient(DataType t, int rows) {
    double[] x = new double[rows * 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = i == 4 ? 0 : Math.cos(1.7 * i) * 2;
    }
    return cast(t, Shape.of(rows, 3), x);
  }

  private static double hyperparameter(String name) {
    return switch (name) {
      case "lr" -> 0.25;
      case "alpha" -> 0.4;
      case "momentum" -> 0.9;
      case "rho" -> 0.85;
      case "epsilon" -> 0.01;
      case "l1" -> 0.07;
      case "l2" -> 0.11;
      case "l2_shrinkage" -> 0.03;
      case "lr_power" -> -0.5;
      case "beta1", "beta" -> 0.8;
      case "beta2" -> 0.95;
      case "beta1_power" -> 0.64;
      case "beta2_power" -> 0.9;
      case "logbase" -> 1.2;
      case "sign_decay" -> 0.7;
      default -> throw new IllegalArgumentException("a hyper-parameter '" + name + "'");
    };
  }

  private static TensorValue cast(DataType t, Shape s, double... x) {
    if (t == DataType.FLOAT64) {
      return TensorValue.wrap(t, s, x);
    }
    float[] f = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      f[i] = (float) x[i];
    }
    return TensorValue.wrap(t, s, f);
  }
}
