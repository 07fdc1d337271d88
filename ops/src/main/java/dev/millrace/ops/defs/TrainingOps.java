package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of optimizers on resource variables: {@code ResourceApply…} on whole ones, {@code
 * ResourceSparseApply…} on the rows that the gradient lists.
 */
final class TrainingOps {
  private static final String NESTEROV = "use_nesterov: bool = false";
  private static final String UPDATE_SLOTS = "update_slots: bool = true";

  private TrainingOps() {}

  static void register(OpRegistry r) {
    dense(r, "GradientDescent", "var", "alpha delta");
    both(r, "ProximalGradientDescent", "var", "alpha l1 l2 delta", "alpha l1 l2 grad indices");
    both(r, "Momentum", "var accum", "lr grad momentum", "lr grad indices momentum", NESTEROV);
    both(r, "KerasMomentum", "var accum", "lr grad momentum", "lr grad indices momentum", NESTEROV);
    both(r, "Adagrad", "var accum", "lr grad", "lr grad indices", UPDATE_SLOTS);
    both(r, "AdagradV2", "var accum", "lr epsilon grad", "lr epsilon grad indices", UPDATE_SLOTS);
    both(r, "ProximalAdagrad", "var accum", "lr l1 l2 grad", "lr l1 l2 grad indices");
    both(
        r,
        "AdagradDA",
        "var gradient_accumulator gradient_squared_accumulator",
        "grad lr l1 l2 global_step",
        "grad indices lr l1 l2 global_step");
    both(
        r,
        "Adadelta",
        "var accum accum_update",
        "lr rho epsilon grad",
        "lr rho epsilon grad indices");
    both(
        r,
        "RMSProp",
        "var ms mom",
        "lr rho momentum epsilon grad",
        "lr rho momentum epsilon grad indices");
    both(
        r,
        "CenteredRMSProp",
        "var mg ms mom",
        "lr rho momentum epsilon grad",
        "lr rho momentum epsilon grad indices");
    both(r, "Ftrl", "var accum linear", "grad lr l1 l2 lr_power", "grad indices lr l1 l2 lr_power");
    both(
        r,
        "FtrlV2",
        "var accum linear",
        "grad lr l1 l2 l2_shrinkage lr_power",
        "grad indices lr l1 l2 l2_shrinkage lr_power");
    dense(r, "Adam", "var m v", "beta1_power beta2_power lr beta1 beta2 epsilon grad", NESTEROV);
    dense(
        r,
        "AdamWithAmsgrad",
        "var m v vhat",
        "beta1_power beta2_power lr beta1 beta2 epsilon grad");
    dense(r, "AdaMax", "var m v", "beta1_power lr beta1 beta2 epsilon grad");
    dense(r, "AddSign", "var m", "lr alpha sign_decay beta grad");
    dense(r, "PowerSign", "var m", "lr logbase sign_decay beta grad");
  }

  private static void both(
      OpRegistry r,
      String rule,
      String variables,
      String denseValues,
      String sparseValues,
      String... attrs) {
    dense(r, rule, variables, denseValues, attrs);
    add(r, "ResourceSparseApply" + rule, variables, sparseValues, attrs);
  }

  private static void dense(
      OpRegistry r, String rule, String variables, String values, String... attrs) {
    add(r, "ResourceApply" + rule, variables, values, attrs);
  }

  /**
   * Adds a step. Its inputs are the variables, then the values: the gradient ({@code grad} or
   * {@code delta}), the rows it is for ({@code indices}), and scalars.
   */
  private static void add(
      OpRegistry r, String op, String variables, String values, String... attrs) {
    List<String> inputs = new ArrayList<>();
    for (String v : variables.split(" ")) {
      inputs.add(v + ": resource");
    }
    int variableCount = inputs.size();
    List<String> names = List.of(values.split(" "));
    for (String v : names) {
      inputs.add(
          switch (v) {
            case "indices" -> "indices: Tindices";
            case "global_step" -> "global_step: int64";
            default -> v + ": T";
          });
    }
    List<String> all = new ArrayList<>(List.of("T: numbertype", "use_locking: bool = false"));
    if (names.contains("indices")) {
      all.add("Tindices: {int32, int64}");
    }
    all.addAll(List.of(attrs));
    r.add(
        OpDef.named(op)
            .inputs(inputs.toArray(new String[0]))
            .attrs(all.toArray(new String[0]))
            .stateful()
            .shape(c -> check(c, variableCount, names)));
  }

  private static void check(ShapeContext c, int variables, List<String> names) {
    Shape gradient = Shape.unknown();
    Shape indices = null;
    for (int i = 0; i < names.size(); i++) {
      switch (names.get(i)) {
        case "grad", "delta" -> gradient = c.input(variables + i);
        case "indices" -> indices = c.inputOfRank(variables + i, 1);
        default -> Shapes.requireScalar(c, variables + i, names.get(i));
      }
    }
    if (indices == null) {
      same(c, gradient, variables);
    } else {
      sameRows(c, gradient, indices, variables);
    }
  }

  /** The first inputs are variables of one shape, of which the gradient has rows. */
  private static void sameRows(ShapeContext c, Shape gradient, Shape indices, int variables) {
    Shape merged = Shape.unknown();
    for (int v = 0; v < variables; v++) {
      Shape s = StateOps.variableShape(c, v, c.attrs().getType("T"));
      if (!merged.isCompatibleWith(s)) {
        throw new InvalidArgumentException(
            "the variable in input "
                + v
                + " is of shape "
                + s
                + ", but should be of the others', "
                + merged);
      }
      merged = merged.merge(s);
    }
    if (merged.rank() == 0) {
      throw new InvalidArgumentException("the variable is a scalar, which has no rows");
    }
    if (!merged.hasRank()) {
      return;
    }
    Shape rows = indices.concat(merged.sliceFrom(1));
    if (!rows.isCompatibleWith(gradient)) {
      throw new InvalidArgumentException(
          "the gradient must have a row of the variable "
              + merged
              + " for each index, and so be of shape "
              + rows
              + ", but is "
              + gradient);
    }
  }

  /** The first inputs are variables of one shape, the gradient's. */
  private static void same(ShapeContext c, Shape gradient, int variables) {
    Shape merged = gradient;
    for (int v = 0; v < variables; v++) {
      Shape s = StateOps.variableShape(c, v, c.attrs().getType("T"));
      if (!merged.isCompatibleWith(s)) {
        throw new InvalidArgumentException(
            "the variable in input "
                + v
                + " is of shape "
                + s
                + ", but should be of the gradient's, "
                + merged);
      }
      merged = merged.merge(s);
    }
  }
}
