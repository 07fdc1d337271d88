package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of optimizers on resource variables: of a gradient for the whole variable ({@code
 * ResourceApply…}), or for the rows that a vector of indices names ({@code ResourceSparseApply…}).
 */
final class TrainingOps {
  private TrainingOps() {}

  static void register(OpRegistry r) {
    dense(r, "GradientDescent", "var", "alpha delta");
    dense(r, "Momentum", "var accum", "lr grad momentum", "use_nesterov: bool = false");
    dense(r, "KerasMomentum", "var accum", "lr grad momentum", "use_nesterov: bool = false");
    dense(r, "Adagrad", "var accum", "lr grad", "update_slots: bool = true");
    dense(r, "Adadelta", "var accum accum_update", "lr rho epsilon grad");
    dense(r, "RMSProp", "var ms mom", "lr rho momentum epsilon grad");
    dense(r, "CenteredRMSProp", "var mg ms mom", "lr rho momentum epsilon grad");
    dense(
        r,
        "Adam",
        "var m v",
        "beta1_power beta2_power lr beta1 beta2 epsilon grad",
        "use_nesterov: bool = false");
    dense(r, "Ftrl", "var accum linear", "grad lr l1 l2 lr_power");
    dense(r, "FtrlV2", "var accum linear", "grad lr l1 l2 l2_shrinkage lr_power");
    dense(r, "ProximalGradientDescent", "var", "alpha l1 l2 delta");
  }

  private static void dense(
      OpRegistry r, String rule, String variables, String values, String... attrs) {
    add(r, "ResourceApply" + rule, variables, values, attrs);
  }

  /**
   * Adds one op. Its inputs are the variables, then the values: the gradient ({@code grad} or
   * {@code delta}), perhaps {@code indices} of rows, and scalars.
   */
  private static void add(
      OpRegistry r, String type, String variables, String values, String... attrs) {
    List<String> inputs = new ArrayList<>();
    for (String v : variables.split(" ")) {
      inputs.add(v + ": resource");
    }
    String[] names = values.split(" ");
    int variableCount = inputs.size();
    for (String v : names) {
      inputs.add(v + ": " + (v.equals("indices") ? "Tindices" : "T"));
    }
    boolean rows = List.of(names).contains("indices");
    List<String> all = new ArrayList<>(List.of("T: numbertype", "use_locking: bool = false"));
    all.addAll(List.of(attrs));
    if (rows) {
      all.add("Tindices: {int32, int64}");
    }
    r.add(
        OpDef.named(type)
            .inputs(inputs.toArray(new String[0]))
            .attrs(all.toArray(new String[0]))
            .stateful()
            .shape(c -> check(c, variableCount, names)));
  }

  private static void check(ShapeContext c, int variables, String[] names) {
    int gradient = -1;
    int indices = -1;
    for (int i = 0; i < names.length; i++) {
      switch (names[i]) {
        case "grad", "delta" -> gradient = variables + i;
        case "indices" -> indices = variables + i;
        default -> Shapes.requireScalar(c, variables + i, names[i]);
      }
    }
    if (indices < 0) {
      same(c, c.input(gradient), "the gradient's", variables);
    } else {
      rows(c, gradient, indices, variables);
    }
  }

  /** The first inputs are variables of one shape, which is compatible with {@code all}. */
  private static Shape same(ShapeContext c, Shape all, String whose, int variables) {
    Shape merged = all;
    for (int v = 0; v < variables; v++) {
      Shape s = StateOps.variableShape(c, v, c.attrs().getType("T"));
      if (!merged.isCompatibleWith(s)) {
        throw new InvalidArgumentException(
            "the variable in input "
                + v
                + " is of shape "
                + s
                + ", but should be of "
                + whose
                + ", "
                + merged);
      }
      merged = merged.merge(s);
    }
    return merged;
  }

  /** The gradient holds a row of the variables for each index. */
  private static void rows(ShapeContext c, int gradient, int indices, int variables) {
    Shape all = same(c, Shape.unknown(), "the first's", variables);
    ScatterShapes.requireRows(all);
    if (c.input(indices).hasRank() && c.input(indices).rank() != 1) {
      throw new InvalidArgumentException(
          "indices must be a vector, but are of shape " + c.input(indices));
    }
    ScatterShapes.requireUpdates(all, c.input(indices), c.input(gradient), "the gradient");
  }
}
