package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of slicing and of padding, which undo each other. */
final class SliceGradients {
  private static final String[] MASKS = {
    "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"
  };

  private SliceGradients() {}

  static void register(GradientRegistry r) {
    r.add("Slice", Rules.of(SliceGradients::slice, NONE, NONE));
    r.add("StridedSlice", Rules.of(SliceGradients::stridedSlice, NONE, NONE, NONE));
    r.add("StridedSliceGrad", Rules.of(NONE, NONE, NONE, NONE, SliceGradients::stridedSliceGrad));
    r.add("Pad", Rules.of((c, g) -> unpad(c, g), NONE));
    r.add("PadV2", Rules.of((c, g) -> unpad(c, g), NONE, SliceGradients::padValue));
  }

  /** Zeros around what was cut out. */
  private static Tensor slice(GradientContext c, Tensor g) {
    Tensor begin = c.input(1);
    Tensor whole = Shapes.of(c.x()).cast(begin.dtype());
    Tensor after = whole.sub(Shapes.of(c.out()).cast(begin.dtype())).sub(begin);
    return Build.op(c.tf(), "Pad", g, c.tf().stack(List.of(begin, after), 1));
  }

  private static Tensor stridedSlice(GradientContext c, Tensor g) {
    Tensor begin = c.input(1);
    OpBuilder b =
        c.tf()
            .op("StridedSliceGrad", null)
            .input(Shapes.of(c.x()).cast(begin.dtype()))
            .input(begin)
            .input(c.input(2))
            .input(c.input(3))
            .input(g);
    return Build.of(c.tf(), masks(c, b));
  }

  private static Tensor stridedSliceGrad(GradientContext c, Tensor g) {
    OpBuilder b =
        c.tf()
            .op("StridedSlice", null)
            .input(g)
            .input(c.input(1))
            .input(c.input(2))
            .input(c.input(3));
    return Build.of(c.tf(), masks(c, b));
  }

  private static OpBuilder masks(GradientContext c, OpBuilder b) {
    for (String mask : MASKS) {
      b.attr(mask, c.attrs().getInt(mask));
    }
    return b;
  }

  /** What lies inside the padding. */
  private static Tensor unpad(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor paddings = c.y();
    Tensor before =
        Build.op(
            tf, "Slice", paddings, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1}));
    Tensor begin = before.reshape(-1);
    return Build.op(tf, "Slice", g, begin, Shapes.of(c.x()).cast(begin.dtype()));
  }

  /** The sum over the padding: all less what lies inside. */
  private static Tensor padValue(GradientContext c, Tensor g) {
    return g.reduceSum().sub(unpad(c, g).reduceSum());
  }
}
