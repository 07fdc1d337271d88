package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.List;

/** Steps of optimizers on whole resource variables: {@code ResourceApply…}. */
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

  /**
   * Adds {@code ResourceApply<rule>}. Its inputs are the variables, then the values: the gradient
   * ({@code grad} or {@code delta}) and scalars.
   */
  private static void dense(
      OpRegistry r, String rule, String variables, String values, String... attrs) {
    List<String> inputs = new ArrayList<>();
    for (String v : variables.split(" ")) {
      inputs.add(v + ": resource");
    }
    int variableCount = inputs.size();
    String[] names = values.split(" ");
    for (String v : names) {
      inputs.add(v + ": T");
    }
    List<String> all = new ArrayList<>(List.of("T: numbertype", "use_locking: bool = false"));
    all.addAll(List.of(attrs));
    r.add(
        OpDef.named("ResourceApply" + rule)
            .inputs(inputs.toArray(new String[0]))
            .attrs(all.toArray(new String[0]))
            .stateful()
            .shape(c -> check(c, variableCount, names)));
  }

  private static void check(ShapeContext c, int variables, String[] names) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals("grad") || names[i].equals("delta")) {
        same(c, c.input(variables + i), variables);
      } else {
        Shapes.requireScalar(c, variables + i, names[i]);
      }
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
