package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of operations that move, repeat or relabel elements. */
public final class ArrayGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    identities(r);
    shapes(r);
    repeats(r);
    cuts(r);
    SliceGradients.register(r);
    ArrangeGradients.register(r);
    JoinGradients.register(r);
    GatherGradients.register(r);
    SegmentGradients.register(r);
  }

  private static void identities(GradientRegistry r) {
    for (String type :
        new String[] {
          "Identity",
          "IdentityN",
          "Snapshot",
          "GuaranteeConst",
          "EnsureShape",
          "PlaceholderWithDefault"
        }) {
      r.add(type, ArrayGradients::sameIndex);
    }
    r.notDifferentiable("StopGradient", "it is there to stop gradients");
    r.add("PreventGradient", ArrayGradients::prevented);
    r.add(
        "CheckNumerics",
        Rules.of(
            (c, g) ->
                Build.of(
                    c.tf(),
                    c.tf()
                        .op("CheckNumerics", null)
                        .input(g)
                        .attr(
                            "message", "in the gradient of: " + c.attrs().getString("message")))));
    // Complex-to-real and other casts of what has no gradient are never asked.
    r.add("Cast", Rules.of((c, g) -> g.cast(c.x().dtype())));
  }

  /** Input {@code i} gets what output {@code i} got. */
  private static List<Gradient> sameIndex(GradientContext c) {
    return java.util.stream.IntStream.range(0, c.inputCount()).mapToObj(c::gradient).toList();
  }

  private static List<Gradient> prevented(GradientContext c) {
    throw new InvalidArgumentException(
            "the gradient of '"
                + c.op().name()
                + "' was disabled on purpose: "
                + c.attrs().getString("message"))
        .at(c.op());
  }

  private static void shapes(GradientRegistry r) {
    r.add("Reshape", Rules.of((c, g) -> Shapes.reshapeLike(g, c.x()), NONE));
    r.add("ExpandDims", Rules.of((c, g) -> Shapes.reshapeLike(g, c.x()), NONE));
    r.add("Squeeze", Rules.of((c, g) -> Shapes.reshapeLike(g, c.x())));
    for (String type : new String[] {"Transpose", "ConjugateTranspose"}) {
      r.add(
          type,
          Rules.of(
              (c, g) -> Build.op(c.tf(), c.op().type(), g, Permutations.inverse(c.y())), NONE));
    }
    for (String type : new String[] {"Reverse", "ReverseV2"}) {
      r.add(type, Rules.of((c, g) -> Build.op(c.tf(), c.op().type(), g, c.y()), NONE));
    }
  }

  private static void repeats(GradientRegistry r) {
    r.add("Fill", Rules.of(NONE, (c, g) -> g.reduceSum()));
    r.add("BroadcastTo", Rules.of((c, g) -> c.sumTo(g, c.x()), NONE));
    r.add("Tile", Rules.of(ArrayGradients::tile, NONE));
  }

  /** Every axis becomes two, the copies and the elements of one, and the copies are summed. */
  private static Tensor tile(GradientContext c, Tensor g) {
    Tensor times = c.y();
    Tensor sizes = Shapes.of(c.x()).cast(times.dtype());
    Tensor pairs = c.tf().stack(List.of(times, sizes), 1).reshape(-1);
    Tensor split = g.reshape(pairs);
    Tensor copies =
        Build.op(c.tf(), "Range", c.tf().constant(0), pairs.sizeTensor(), c.tf().constant(2));
    Tensor sum = Build.op(c.tf(), "Sum", split, copies);
    return Shapes.reshapeLike(sum, c.x());
  }

  private static void cuts(GradientRegistry r) {
    for (String type : new String[] {"Const", "Placeholder", "PlaceholderV2"}) {
      r.notDifferentiable(type, "it has no inputs");
    }
    for (String type : new String[] {"ZerosLike", "OnesLike"}) {
      r.notDifferentiable(type, "its result does not depend on the values");
    }
    for (String type : new String[] {"Shape", "ShapeN", "Size", "Rank"}) {
      r.notDifferentiable(type, "its result depends on the shape only");
    }
    for (String type :
        new String[] {
          "BroadcastArgs", "BroadcastGradientArgs", "ConcatOffset", "InvertPermutation"
        }) {
      r.notDifferentiable(type, "it computes shapes");
    }
    for (String type : new String[] {"OneHot", "Where"}) {
      r.notDifferentiable(type, "its result depends on indices or comparisons only");
    }
    for (String type :
        new String[] {"Unique", "UniqueV2", "UniqueWithCounts", "UniqueWithCountsV2"}) {
      r.undefined(type, "TensorFlow gives none; gather the elements by their indices instead");
    }
    for (String type : new String[] {"Range", "LinSpace"}) {
      r.notDifferentiable(type, "TensorFlow takes sequences as constants");
    }
  }
}
