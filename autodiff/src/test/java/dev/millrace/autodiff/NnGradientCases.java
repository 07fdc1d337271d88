package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.first;

import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for neural-network operations. */
final class NnGradientCases {
  private NnGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    activations(r);
    r.add(row("Softmax").any(2, 3));
    r.add(row("LogSoftmax").any(2, 3));
    r.add(row("L2Loss").any(2, 3));
    losses(r);
    biases(r);
    return r;
  }

  private static void activations(List<GradientCase> r) {
    for (String op : new String[] {"Relu", "Elu", "Selu", "Softsign", "LeakyRelu"}) {
      r.add(row(op).notSmall(2, 3));
      r.add(row(op + "Grad").any(2, 3).notSmall(2, 3));
    }
    r.add(row("Softplus").any(2, 3));
    r.add(row("SoftplusGrad").any(2, 3).any(2, 3));
    r.add(row("Relu6").values(dev.millrace.graph.Shape.of(4), -1, 0.5, 5.5, 7));
    r.add(row("Relu6Grad").any(4).values(dev.millrace.graph.Shape.of(4), -1, 0.5, 5.5, 7));
    r.add(
        row("LeakyRelu", "steep")
            .notSmall(2, 3)
            .with(
                (tf, x) ->
                    first(tf, tf.op("LeakyRelu", null).input(x.get(0)).attr("alpha", 0.75f))));
  }

  private static void losses(List<GradientCase> r) {
    // The op takes for granted that labels are distributions: these stay so whatever is fed.
    r.add(
        row("SoftmaxCrossEntropyWithLogits")
            .any(3, 4)
            .any(3, 4)
            .withAll(
                (tf, x) ->
                    tf
                        .op("SoftmaxCrossEntropyWithLogits", null)
                        .input(x.get(0))
                        .input(x.get(1).softmax())
                        .build()
                        .outputs()
                        .stream()
                        .map(tf::tensor)
                        .toList()));
    for (int output = 0; output < 2; output++) {
      int which = output;
      r.add(
          row("SparseSoftmaxCrossEntropyWithLogits", "output " + which)
              .any(3, 4)
              .with(
                  (tf, x) ->
                      tf.tensor(
                          tf.op("SparseSoftmaxCrossEntropyWithLogits", null)
                              .input(x.get(0))
                              .input(tf.constant(new int[] {3, 0, 1}))
                              .build()
                              .output(which))));
    }
  }

  private static void biases(List<GradientCase> r) {
    r.add(row("BiasAdd").any(2, 2, 3).any(3));
    r.add(
        row("BiasAdd", "channels first")
            .any(2, 3, 2, 2)
            .any(3)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("BiasAdd", null)
                            .input(x.get(0))
                            .input(x.get(1))
                            .attr("data_format", "NCHW"))));
    r.add(row("BiasAddV1").any(2, 3).any(3));
    r.add(row("BiasAddGrad").any(2, 2, 3));
    r.add(
        row("BiasAddGrad", "channels first")
            .any(2, 3, 2, 2)
            .with(
                (tf, x) -> {
                  Tensor g = x.get(0);
                  return first(tf, tf.op("BiasAddGrad", null).input(g).attr("data_format", "NCHW"));
                }));
  }
}
