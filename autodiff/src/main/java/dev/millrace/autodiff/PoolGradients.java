package dev.millrace.autodiff;

import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Tensor;
import java.util.Arrays;

/**
 * Gradients of pooling. Averaging is linear, and the gradient of a maximum picks elements, whatever
 * their values: so first and second gradient operations are each other's.
 */
final class PoolGradients {
  private static final String[] ATTRS = {
    "ksize", "strides", "padding", "data_format", "include_batch_in_index"
  };

  private PoolGradients() {}

  static void register(GradientRegistry r) {
    average(r, "AvgPool");
    average(r, "AvgPool3D");
    max(r, "MaxPool", "");
    max(r, "MaxPool", "V2");
    max(r, "MaxPool3D", "");
    withArgmax(r);
  }

  private static Tensor build(GradientContext c, String type, Tensor... inputs) {
    OpBuilder b = c.tf().op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return Build.of(c.tf(), ConvGradients.copyAttrs(c, b, ATTRS));
  }

  private static void average(GradientRegistry r, String type) {
    r.add(type, Rules.of((c, g) -> build(c, type + "Grad", Shapes.of(c.x()), g)));
    r.add(type + "Grad", Rules.of(Rules.NONE, (c, g) -> build(c, type, g)));
  }

  private static void max(GradientRegistry r, String type, String version) {
    String first = type + "Grad" + version;
    String second = type + "GradGrad" + version;
    boolean sizesAreInputs = version.equals("V2");
    Rules.Rule toInput =
        (c, g) ->
            sizesAreInputs
                ? build(c, first, c.x(), c.out(), g, c.input(1), c.input(2))
                : build(c, first, c.x(), c.out(), g);
    r.add(type + version, withSizes(sizesAreInputs, toInput));
    r.add(first, withSizes(sizesAreInputs, zeros(0), zeros(1), again(second, sizesAreInputs)));
    r.add(second, withSizes(sizesAreInputs, zeros(0), zeros(1), again(first, sizesAreInputs)));
  }

  /** The rules, and none for the two inputs that tell windows and strides, if there are. */
  private static GradientFunction withSizes(boolean sizesAreInputs, Rules.Rule... rules) {
    Rules.Rule[] all = Arrays.copyOf(rules, rules.length + (sizesAreInputs ? 2 : 0));
    return Rules.of(all);
  }

  /** Which element is picked does not change with a small change of the values. */
  private static Rules.Rule zeros(int i) {
    return (c, g) -> c.input(i).zerosLike();
  }

  /** The other gradient operation with the same input and output of the pooling. */
  private static Rules.Rule again(String type, boolean sizesAreInputs) {
    return (c, g) ->
        sizesAreInputs
            ? build(c, type, c.x(), c.y(), g, c.input(3), c.input(4))
            : build(c, type, c.x(), c.y(), g);
  }

  private static void withArgmax(GradientRegistry r) {
    String first = "MaxPoolGradWithArgmax";
    String second = "MaxPoolGradGradWithArgmax";
    r.add("MaxPoolWithArgmax", Rules.of((c, g) -> build(c, first, c.x(), g, c.output(1))));
    r.add(first, Rules.of(zeros(0), (c, g) -> build(c, second, c.x(), g, c.input(2)), Rules.NONE));
    r.add(second, Rules.of(zeros(0), (c, g) -> build(c, first, c.x(), g, c.input(2)), Rules.NONE));
  }
}
