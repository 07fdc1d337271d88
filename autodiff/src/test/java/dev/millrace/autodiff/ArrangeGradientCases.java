package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.first;
import static dev.millrace.autodiff.MathGradientCases.hidden;
import static dev.millrace.autodiff.MathGradientCases.op;

import dev.millrace.graph.AttrValue;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for diagonals, blocks, patches and rotations. */
final class ArrangeGradientCases {
  private ArrangeGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    diagonals(r);
    blocks(r);
    rotations(r);
    return r;
  }

  private static void diagonals(List<GradientCase> r) {
    r.add(row("Diag").any(2, 3));
    r.add(row("DiagPart").any(2, 3, 2, 3));
    r.add(row("MatrixDiag").any(2, 3));
    r.add(row("MatrixDiagPart").any(2, 3, 3));
    r.add(row("MatrixDiagPart", "wide").any(2, 4));
    r.add(row("MatrixSetDiag").any(2, 3, 4).any(2, 3));
    r.add(
        row("MatrixBandPart")
            .any(2, 3, 4)
            .with((tf, x) -> tf.matrixBandPart(x.get(0), 1, tf.constant(0))));
  }

  private static void blocks(List<GradientCase> r) {
    for (boolean late : new boolean[] {false, true}) {
      String when = late ? "at run time" : "";
      r.add(
          row("SpaceToBatchND", when)
              .any(2, 3, 4, 2)
              .with(
                  (tf, x) ->
                      tf.spaceToBatch(
                          x.get(0),
                          late ? hidden(tf, 2, 2) : tf.constant(new int[] {2, 2}),
                          new int[][] {{1, 0}, {0, 2}})));
      r.add(
          row("BatchToSpaceND", when)
              .any(4, 2, 3)
              .with(
                  (tf, x) ->
                      tf.batchToSpace(
                          x.get(0),
                          late ? hidden(tf, 2) : tf.constant(new int[] {2}),
                          new int[][] {{1, 0}})));
    }
    r.add(
        row("SpaceToBatch")
            .any(1, 3, 4, 2)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("SpaceToBatch", null)
                            .input(x.get(0))
                            .input(tf.constant(new int[][] {{0, 1}, {1, 1}}))
                            .attr("block_size", 2))));
    r.add(
        row("BatchToSpace")
            .any(4, 2, 2, 1)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("BatchToSpace", null)
                            .input(x.get(0))
                            .input(tf.constant(new int[][] {{0, 1}, {1, 1}}))
                            .attr("block_size", 2))));
    r.add(row("SpaceToDepth").any(1, 4, 2, 3).with((tf, x) -> tf.spaceToDepth(x.get(0), 2)));
    r.add(row("DepthToSpace").any(1, 2, 3, 8).with((tf, x) -> tf.depthToSpace(x.get(0), 2)));
    for (String padding : new String[] {"SAME", "VALID"}) {
      r.add(
          row("ExtractImagePatches", padding)
              .any(2, 5, 4, 2)
              .with(
                  (tf, x) ->
                      first(
                          tf,
                          tf.op("ExtractImagePatches", null)
                              .input(x.get(0))
                              .attr("ksizes", AttrValue.ofInts(1, 3, 2, 1))
                              .attr("strides", AttrValue.ofInts(1, 1, 2, 1))
                              .attr("rates", AttrValue.ofInts(1, 2, 1, 1))
                              .attr("padding", padding))));
    }
  }

  private static void rotations(List<GradientCase> r) {
    r.add(
        row("ReverseSequence")
            .any(3, 2, 2)
            .with((tf, x) -> tf.reverseSequence(x.get(0), new int[] {1, 3}, 0, 1)));
    r.add(
        row("Roll")
            .any(2, 3)
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "Roll",
                        x.get(0),
                        tf.constant(new int[] {1, -1}),
                        tf.constant(new int[] {1, 0}))));
    for (String mode : new String[] {"REFLECT", "SYMMETRIC"}) {
      r.add(
          row("MirrorPadGrad", mode)
              .any(4, 7)
              .with(
                  (tf, x) ->
                      first(
                          tf,
                          tf.op("MirrorPadGrad", null)
                              .input(x.get(0))
                              .input(tf.constant(new int[][] {{1, 0}, {2, 1}}))
                              .attr("mode", mode))));
    }
    r.add(
        row("TileGrad")
            .any(4, 3)
            .with((tf, x) -> op(tf, "TileGrad", x.get(0), tf.constant(new int[] {2, 3}))));
  }
}
