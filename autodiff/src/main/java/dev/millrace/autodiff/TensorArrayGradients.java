package dev.millrace.autodiff;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Gradients of TensorFlow 1's arrays of tensors: each call of {@link Gradients} has a second array
 * beside each, in which the gradients of the elements add up. The gradient of the flow tells what
 * has to be there before the array is read.
 */
final class TensorArrayGradients {
  private final GradientContext c;
  private final Ops tf;
  private final Output handle; // of the gradients' array
  private final Output flow;

  /**
   * @param flow what the gradients' array is made after
   */
  private TensorArrayGradients(GradientContext c, Tensor flow) {
    this.c = c;
    this.tf = c.tf();
    Operation made =
        tf.op("TensorArrayGradV3", null)
            .input(c.input(0))
            .input(flow)
            .attr("source", c.call().source(c.op().graph()))
            .build();
    this.handle = made.output(0);
    try (Scope after = tf.graph().controlDependencies(made)) {
      this.flow = tf.op("Identity", "gradient_flow").input(flow).build().output(0);
    }
  }

  static void register(GradientRegistry r) {
    for (String type : new String[] {"V3", "GradV3", "GradWithShape"}) {
      r.notDifferentiable("TensorArray" + type, "it makes an array");
    }
    r.notDifferentiable("TensorArraySizeV3", "its result is an integer");
    r.notDifferentiable("TensorArrayCloseV3", "it has no result");
    r.add("TensorArrayReadV3", TensorArrayGradients::read);
    r.add("TensorArrayWriteV3", TensorArrayGradients::write);
    r.add("TensorArrayGatherV3", TensorArrayGradients::gather);
    r.add("TensorArrayScatterV3", TensorArrayGradients::scatter);
    r.add("TensorArrayConcatV3", TensorArrayGradients::concat);
    r.add("TensorArraySplitV3", TensorArrayGradients::split);
  }

  private OpBuilder op(String type) {
    return tf.op(type, null).input(handle);
  }

  private Tensor flowed(OpBuilder b) {
    return Build.of(tf, b.input(flow));
  }

  private static List<Gradient> read(GradientContext c) {
    TensorArrayGradients g = new TensorArrayGradients(c, c.input(2));
    return Rules.only(
        c, 2, Gradient.of(g.flowed(g.op("TensorArrayWriteV3").input(c.y()).input(c.grad()))));
  }

  private static List<Gradient> write(GradientContext c) {
    TensorArrayGradients g = new TensorArrayGradients(c, c.grad());
    Tensor value =
        g.flowed(g.op("TensorArrayReadV3").input(c.y()).attr("dtype", c.input(2).dtype()));
    return g.ofValue(value, 2);
  }

  private static List<Gradient> gather(GradientContext c) {
    TensorArrayGradients g = new TensorArrayGradients(c, c.input(2));
    return Rules.only(
        c, 2, Gradient.of(g.flowed(g.op("TensorArrayScatterV3").input(c.y()).input(c.grad()))));
  }

  private static List<Gradient> scatter(GradientContext c) {
    TensorArrayGradients g = new TensorArrayGradients(c, c.grad());
    Tensor value =
        g.flowed(g.op("TensorArrayGatherV3").input(c.y()).attr("dtype", c.input(2).dtype()));
    return g.ofValue(value, 2);
  }

  private static List<Gradient> concat(GradientContext c) {
    TensorArrayGradients g = new TensorArrayGradients(c, c.y());
    return Rules.only(
        c, 1, Gradient.of(g.flowed(g.op("TensorArraySplitV3").input(c.grad()).input(c.output(1)))));
  }

  private static List<Gradient> split(GradientContext c) {
    TensorArrayGradients g = new TensorArrayGradients(c, c.grad());
    Tensor value = g.flowed(g.op("TensorArrayConcatV3").attr("dtype", c.y().dtype()));
    return g.ofValue(value, 1);
  }

  /** The value's gradient, and that of the flow, which goes on as it came. */
  private List<Gradient> ofValue(Tensor value, int at) {
    value.setShape(c.op().input(at).shape());
    Gradient[] all = new Gradient[c.inputCount()];
    java.util.Arrays.fill(all, Gradient.disconnected());
    all[at] = Gradient.of(value);
    all[all.length - 1] = Gradient.of(c.grad());
    return List.of(all);
  }
}
