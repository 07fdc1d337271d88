package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Gradients of looking elements up and of scattering them, which undo each other. */
final class GatherGradients {
  private GatherGradients() {}

  static void register(GradientRegistry r) {
    r.add("Gather", c -> Rules.first(c, Gradient.of(rows(c, Shapes.of(c.x())))));
    r.add("GatherV2", GatherGradients::gatherV2);
    r.add(
        "GatherNd",
        Rules.of((c, g) -> c.tf().scatterNd(c.y(), g, Shapes.of(c.x()).cast(c.y().dtype())), NONE));
    r.add("ScatterNd", Rules.of(NONE, (c, g) -> Build.op(c.tf(), "GatherNd", g, c.x()), NONE));
    r.add("TopK", GatherGradients::topK);
    r.add("TopKV2", GatherGradients::topK);
    r.add("DynamicStitch", GatherGradients::stitch);
    r.add("ParallelDynamicStitch", GatherGradients::stitch);
    r.add("DynamicPartition", GatherGradients::partition);
    Rules.Rule picked = (c, g) -> Build.op(c.tf(), "GatherNd", g, c.y());
    for (String type : new String[] {"TensorScatterAdd", "ScatterNdNonAliasingAdd"}) {
      r.add(type, Rules.of((c, g) -> g, NONE, picked));
    }
    r.add("TensorScatterSub", Rules.of((c, g) -> g, NONE, (c, g) -> picked.apply(c, g).neg()));
    r.add("TensorScatterUpdate", Rules.of(GatherGradients::kept, NONE, picked));
  }

  /** The gradient of a table of that shape, of which the op's second input tells the rows. */
  static IndexedSlices rows(GradientContext c, Tensor tableShape) {
    Tensor indices = c.y();
    KnownInts k = tableShape.asOutput().knownInts();
    Tensor row =
        Build.op(
            c.tf(),
            "Slice",
            tableShape,
            c.tf().constant(new int[] {1}),
            c.tf().constant(new int[] {-1}));
    Tensor n = indices.sizeTensor().expandDims(0);
    Tensor shape = c.tf().concat(List.of(n, row.cast(n.dtype())), 0);
    Tensor values = c.grad().reshape(shape);
    if (k != null) {
      values.setShape(Shape.vector(indices.shape().numElements()).concat(k.toShape().sliceFrom(1)));
    }
    return new IndexedSlices(values, indices.reshape(-1), tableShape);
  }

  private static List<Gradient> gatherV2(GradientContext c) {
    KnownInts axis = c.input(2).asOutput().knownInts();
    long batchDims = c.attrs().getInt("batch_dims");
    if (batchDims == 0 && axis != null && axis.isFullyKnown() && axis.get(0) == 0) {
      return Rules.first(c, Gradient.of(rows(c, Shapes.of(c.x()))));
    }
    AxisGather axisGather = new AxisGather(c, Shapes.of(c.x()), c.input(2), batchDims);
    return Rules.first(c, Gradient.of(axisGather.gradient()));
  }

  /** The chosen elements get what came for them, all others 0. */
  private static List<Gradient> topK(GradientContext c) {
    Ops tf = c.tf();
    Tensor shape = Shapes.of(c.x());
    Tensor last = shape.sizeTensor().sub(1).reshape(1);
    Tensor n = Build.op(tf, "Slice", shape, last, tf.constant(new int[] {1}));
    Tensor rows = Build.op(tf, "Slice", shape, tf.constant(new int[] {0}), last).reduceProd();
    Tensor first = tf.range(rows).mul(n).expandDims(1);
    Tensor chosen = tf.tensor(c.op().output(1));
    Tensor k = Build.op(tf, "Slice", chosen.shapeTensor(), last, tf.constant(new int[] {1}));
    Tensor byRow = chosen.reshape(tf.concat(List.of(rows.reshape(1), k), 0));
    Tensor at = byRow.add(first).reshape(-1, 1);
    Tensor flat = tf.scatterNd(at, c.grad(0).reshape(-1), c.x().sizeTensor().reshape(1));
    return Rules.first(c, Gradient.of(flat.reshape(shape)));
  }

  /** What was replaced has no effect. */
  private static Tensor kept(GradientContext c, Tensor g) {
    return Build.op(c.tf(), "TensorScatterUpdate", g, c.y(), c.input(2).zerosLike());
  }

  /**
   * Each data gets the slices at its places; where lists overlap, all of them do, as in TensorFlow.
   */
  private static List<Gradient> stitch(GradientContext c) {
    int n = c.op().inputs().size() / 2;
    List<Gradient> all = new ArrayList<>(Collections.nCopies(n, Gradient.disconnected()));
    for (int i = 0; i < n; i++) {
      all.add(c.needs(n + i) ? Gradient.of(c.grad().gather(c.input(i))) : Gradient.disconnected());
    }
    return all;
  }

  /** The parts' gradients go back to where the parts came from. */
  private static List<Gradient> partition(GradientContext c) {
    Ops tf = c.tf();
    Tensor partitions = c.y();
    int n = c.op().numOutputs();
    Tensor places = tf.range(partitions.sizeTensor()).reshape((Object) partitions.shapeTensor());
    List<Tensor> at = tf.dynamicPartition(places, partitions, n);
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      parts.add(c.grad(i));
    }
    Tensor whole = tf.parallelDynamicStitch(at, parts);
    return Rules.first(c, Gradient.of(whole.reshape((Object) Shapes.of(c.x()))));
  }
}
