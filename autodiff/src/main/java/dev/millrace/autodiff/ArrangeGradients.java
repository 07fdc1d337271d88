package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of diagonals, blocks, patches and rotations: most of them undo each other. */
final class ArrangeGradients {
  private ArrangeGradients() {}

  static void register(GradientRegistry r) {
    diagonals(r);
    blocks(r);
    r.add("ReverseSequence", Rules.of(ArrangeGradients::reverseSequence, NONE));
    r.add(
        "Roll",
        Rules.of((c, g) -> Build.op(c.tf(), "Roll", g, c.y().neg(), c.input(2)), NONE, NONE));
    r.add("MirrorPad", Rules.of((c, g) -> mirror(c, "MirrorPadGrad", g), NONE));
    r.add("MirrorPadGrad", Rules.of((c, g) -> mirror(c, "MirrorPad", g), NONE));
    r.add("TileGrad", Rules.of((c, g) -> Build.op(c.tf(), "Tile", g, c.y()), NONE));
  }

  private static void diagonals(GradientRegistry r) {
    r.add("Diag", Rules.of((c, g) -> Build.op(c.tf(), "DiagPart", g)));
    r.add("DiagPart", Rules.of((c, g) -> Build.op(c.tf(), "Diag", g)));
    r.add("MatrixDiag", Rules.of((c, g) -> Build.op(c.tf(), "MatrixDiagPart", g)));
    r.add(
        "MatrixDiagPart",
        Rules.of((c, g) -> Build.op(c.tf(), "MatrixSetDiag", c.x().zerosLike(), g)));
    r.add(
        "MatrixSetDiag",
        Rules.of(
            (c, g) -> Build.op(c.tf(), "MatrixSetDiag", g, c.y().zerosLike()),
            (c, g) -> Build.op(c.tf(), "MatrixDiagPart", g)));
    r.add(
        "MatrixBandPart",
        Rules.of((c, g) -> Build.op(c.tf(), "MatrixBandPart", g, c.y(), c.input(2)), NONE, NONE));
  }

  private static void blocks(GradientRegistry r) {
    r.add(
        "SpaceToBatchND",
        Rules.of((c, g) -> Build.op(c.tf(), "BatchToSpaceND", g, c.y(), c.input(2)), NONE, NONE));
    r.add(
        "BatchToSpaceND",
        Rules.of((c, g) -> Build.op(c.tf(), "SpaceToBatchND", g, c.y(), c.input(2)), NONE, NONE));
    r.add("SpaceToBatch", Rules.of((c, g) -> blocks(c, "BatchToSpace", g, c.y()), NONE));
    r.add("BatchToSpace", Rules.of((c, g) -> blocks(c, "SpaceToBatch", g, c.y()), NONE));
    r.add("SpaceToDepth", Rules.of((c, g) -> depth(c, "DepthToSpace", g)));
    r.add("DepthToSpace", Rules.of((c, g) -> depth(c, "SpaceToDepth", g)));
    r.add("ExtractImagePatches", Rules.of(ArrangeGradients::patches));
  }

  private static Tensor blocks(GradientContext c, String type, Tensor... inputs) {
    OpBuilder b = c.tf().op(type, null).attr("block_size", c.attrs().getInt("block_size"));
    for (Tensor in : inputs) {
      b.input(in);
    }
    return Build.of(c.tf(), b);
  }

  private static Tensor depth(GradientContext c, String type, Tensor g) {
    return Build.of(
        c.tf(),
        c.tf()
            .op(type, null)
            .input(g)
            .attr("block_size", c.attrs().getInt("block_size"))
            .attr("data_format", c.attrs().getString("data_format")));
  }

  /**
   * Patches of the elements' numbers tell which element each one was copied from. They count from 1
   * on, since padding is 0.
   */
  private static Tensor patches(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor shape = Shapes.of(c.x());
    Tensor size = c.x().sizeTensor();
    Tensor numbers = tf.range(1, size.add(1)).reshape(shape);
    OpBuilder b = tf.op("ExtractImagePatches", null).input(numbers);
    for (String attr : new String[] {"ksizes", "strides", "rates", "padding"}) {
      b.attr(attr, c.attrs().get(attr));
    }
    Tensor sources = Build.of(tf, b).reshape(-1, 1);
    Tensor flat = tf.scatterNd(sources, g.reshape(-1), size.add(1).reshape(1));
    return tf.slice(flat, List.of(1), List.of(-1)).reshape(shape);
  }

  private static Tensor reverseSequence(GradientContext c, Tensor g) {
    return Build.of(
        c.tf(),
        c.tf()
            .op("ReverseSequence", null)
            .input(g)
            .input(c.y())
            .attr("seq_dim", c.attrs().getInt("seq_dim"))
            .attr("batch_dim", c.attrs().getInt("batch_dim")));
  }

  private static Tensor mirror(GradientContext c, String type, Tensor g) {
    return Build.of(
        c.tf(),
        c.tf().op(type, null).input(g).input(c.y()).attr("mode", c.attrs().getString("mode")));
  }
}
