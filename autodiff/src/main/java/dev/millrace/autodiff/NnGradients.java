package dev.millrace.autodiff;

import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of what neural networks are made of, besides the activations. */
public final class NnGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    ActivationGradients.register(r);
    ConvGradients.register(r);
    PoolGradients.register(r);
    NormGradients.register(r);
    ImageGradients.register(r);
    PictureGradients.register(r);
    ForeignGradients.register(r);
    softmax(r);
    biases(r);
    r.add("L2Loss", Rules.of((c, g) -> c.x().mul(g)));
    r.add("SoftmaxCrossEntropyWithLogits", NnGradients::crossEntropy);
    r.add("SparseSoftmaxCrossEntropyWithLogits", NnGradients::sparseCrossEntropy);
    for (String type : new String[] {"InTopK", "InTopKV2"}) {
      r.notDifferentiable(type, "its result is boolean");
    }
  }

  private static void softmax(GradientRegistry r) {
    r.add("Softmax", Rules.of((c, g) -> throughSoftmax(c.out(), g)));
    r.add("LogSoftmax", Rules.of((c, g) -> g.sub(g.reduceSum(true, -1).mul(c.out().exp()))));
  }

  /** The gradient of the logits of {@code softmax}, a softmax over the last axis. */
  private static Tensor throughSoftmax(Tensor softmax, Tensor g) {
    return g.sub(g.mul(softmax).reduceSum(true, -1)).mul(softmax);
  }

  /**
   * Of {@code loss = -sum(labels · log softmax(logits))} and of the second output, which is {@code
   * softmax(logits) - labels}: used as the first one's gradient here, it makes second derivatives
   * possible.
   */
  private static List<Gradient> crossEntropy(GradientContext c) {
    Tensor logits = c.input(0);
    Tensor labels = c.input(1);
    return List.of(
        c.needs(0) ? Gradient.of(c.sumTo(toLogits(c), logits)) : Gradient.disconnected(),
        c.needs(1) ? Gradient.of(c.sumTo(toLabels(c), labels)) : Gradient.disconnected());
  }

  private static Tensor toLabels(GradientContext c) {
    Tensor first = c.hasGrad(0) ? column(c).mul(c.input(0).logSoftmax()).neg() : null;
    Tensor second = c.hasGrad(1) ? c.grad(1).neg() : null;
    return sum(first, second);
  }

  private static Tensor sum(Tensor a, Tensor b) {
    return a == null ? b : b == null ? a : a.add(b);
  }

  private static List<Gradient> sparseCrossEntropy(GradientContext c) {
    return List.of(Gradient.of(toLogits(c)), Gradient.disconnected());
  }

  /** The gradient of the logits, by both outputs. */
  private static Tensor toLogits(GradientContext c) {
    Tensor first = c.hasGrad(0) ? column(c).mul(c.output(1)) : null;
    Tensor second = c.hasGrad(1) ? throughSoftmax(c.input(0).softmax(), c.grad(1)) : null;
    return sum(first, second);
  }

  /** The gradient of the losses as a column, so that it scales the rows of the logits. */
  private static Tensor column(GradientContext c) {
    return c.grad(0).expandDims(-1);
  }

  private static void biases(GradientRegistry r) {
    r.add(
        "BiasAdd",
        Rules.of(
            (c, g) -> g,
            (c, g) ->
                Build.of(
                    c.tf(),
                    c.tf().op("BiasAddGrad", null).input(g).attr("data_format", format(c)))));
    r.add("BiasAddV1", Rules.of((c, g) -> g, (c, g) -> Build.op(c.tf(), "BiasAddGrad", g)));
    r.add("BiasAddGrad", Rules.of(NnGradients::biasAddGrad));
  }

  private static String format(GradientContext c) {
    return c.attrs().getString("data_format");
  }

  /** The bias's gradient, back in the shape of what the bias was added to. */
  private static Tensor biasAddGrad(GradientContext c, Tensor g) {
    Tensor x = c.x();
    if (format(c).equals("NCHW")) {
      return channelColumn(c.tf(), g, x).broadcastTo(Shapes.of(x));
    }
    return g.broadcastTo(Shapes.of(x));
  }

  /** A vector with as many dimensions of 1 behind it as {@code x} has behind the second one. */
  private static Tensor channelColumn(Ops tf, Tensor vector, Tensor x) {
    Shape s = x.shape();
    if (s.hasRank()) {
      List<Long> dims = new ArrayList<>();
      dims.add(-1L);
      for (int i = 2; i < s.rank(); i++) {
        dims.add(1L);
      }
      return vector.reshape(dims.stream().mapToLong(Long::longValue).toArray());
    }
    Tensor ones = tf.fill(x.rankTensor().sub(2).reshape(1), 1);
    return vector.reshape(tf.concat(List.of(vector.shapeTensor(), ones), 0));
  }
}
