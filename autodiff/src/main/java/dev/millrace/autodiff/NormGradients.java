package dev.millrace.autodiff;

import dev.millrace.autodiff.Gradients.Unconnected;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of batch normalization and of local response normalization. */
final class NormGradients {
  private NormGradients() {}

  static void register(GradientRegistry r) {
    for (String version : new String[] {"", "V2", "V3"}) {
      r.add("FusedBatchNorm" + version, c -> batchNorm(c, version));
      r.add("FusedBatchNormGrad" + version, NormGradients::batchNormGrad);
    }
    r.add(
        "LRN",
        Rules.of(
            (c, g) ->
                Build.of(
                    c.tf(),
                    ConvGradients.copyAttrs(
                        c,
                        c.tf().op("LRNGrad", null).input(g).input(c.x()).input(c.out()),
                        "depth_radius",
                        "bias",
                        "alpha",
                        "beta"))));
    r.undefined("LRNGrad", "TensorFlow 1.15 has no second gradient of it either");
  }

  /**
   * As in TensorFlow, only y's gradient counts: the moments that the op gives beside it are for
   * running averages, through which nothing is learnt.
   */
  private static List<Gradient> batchNorm(GradientContext c, String version) {
    boolean training = c.attrs().getBool("is_training");
    OpBuilder b =
        c.tf().op("FusedBatchNormGrad" + version, null).input(c.grad()).input(c.x()).input(c.y());
    b.input(training ? c.output(3) : c.input(3)).input(training ? c.output(4) : c.input(4));
    if (version.equals("V3")) {
      b.input(c.output(5));
    }
    Operation grad = ConvGradients.copyAttrs(c, b, "epsilon", "data_format", "is_training").build();
    return List.of(
        Gradient.of(c.tf().tensor(grad.output(0))),
        Gradient.of(c.tf().tensor(grad.output(1))),
        Gradient.of(c.tf().tensor(grad.output(2))),
        Gradient.disconnected(),
        Gradient.disconnected());
  }

  /**
   * The second gradient: what the operation computes is built again from simple operations, and
   * those are differentiated.
   */
  private static List<Gradient> batchNormGrad(GradientContext c) {
    Tensor dy = c.input(0);
    Tensor x = c.input(1);
    Tensor scale = c.input(2);
    List<Tensor> results = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    List<Tensor> composed = composed(c, dy, x, scale);
    for (int i = 0; i < 3; i++) {
      if (c.hasGrad(i)) {
        results.add(composed.get(i));
        gradients.add(c.grad(i));
      }
    }
    List<Gradient> all = new ArrayList<>();
    if (results.isEmpty()) {
      all.addAll(List.of(Gradient.disconnected(), Gradient.disconnected()));
      all.add(Gradient.disconnected());
    } else {
      all.addAll(
          Gradients.builder(results, List.of(dy, x, scale))
              .gradYs(gradients)
              .unconnected(Unconnected.NONE)
              .build());
    }
    while (all.size() < c.inputCount()) {
      all.add(Gradient.disconnected());
    }
    return all;
  }

  /** The first three outputs of the operation, of simple operations. */
  private static List<Tensor> composed(GradientContext c, Tensor dy, Tensor x, Tensor scale) {
    boolean first = c.attrs().getString("data_format").equals("NCHW");
    int[] axes = first ? new int[] {0, 2, 3} : new int[] {0, 1, 2};
    DataType stats = scale.dtype();
    Tensor g = dy.dtype() == stats ? dy : dy.cast(stats);
    Tensor in = x.dtype() == stats ? x : x.cast(stats);
    boolean training = c.attrs().getBool("is_training");
    Tensor mean = training ? in.reduceMean(true, axes) : channels(c.input(3), first);
    Tensor centred = in.sub(mean);
    Tensor variance =
        training ? centred.square().reduceMean(true, axes) : channels(c.input(4), first);
    Tensor inverse = variance.add(c.attrs().getFloat("epsilon")).rsqrt();
    Tensor normal = centred.mul(inverse);
    Tensor toScale = g.mul(normal).reduceSum(axes);
    Tensor factor = channels(scale, first).mul(inverse);
    Tensor toX =
        training
            ? g.sub(g.reduceMean(true, axes))
                .sub(normal.mul(g.mul(normal).reduceMean(true, axes)))
                .mul(factor)
            : g.mul(factor);
    Tensor typed = x.dtype() == stats ? toX : toX.cast(x.dtype());
    return List.of(typed, toScale, g.reduceSum(axes));
  }

  /** A number for each channel, so shaped that it meets the channels of images. */
  private static Tensor channels(Tensor vector, boolean first) {
    return first ? vector.reshape(1, -1, 1, 1) : vector.reshape(1, 1, 1, -1);
  }
}
