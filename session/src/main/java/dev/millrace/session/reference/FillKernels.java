package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Tensors filled with one value or a few. */
final class FillKernels {
  private FillKernels() {}

  private static TensorValue zerosLike(TensorValue x) {
    return x.dtype() == DataType.VARIANT
        ? ListKernels.zerosLike(x)
        : TensorValue.zeros(x.dtype(), x.shape());
  }

  static void register(ReferenceKernels k) {
    k.add("Fill", FillKernels::fill);
    k.add("ZerosLike", c -> c.output(0, zerosLike(c.input(0))));
    k.add("OnesLike", FillKernels::onesLike);
    k.add("BroadcastTo", FillKernels::broadcastTo);
    k.add("OneHot", FillKernels::oneHot);
  }

  private static void fill(KernelContext c) {
    Shape s = Dims.shape(Dims.requireRank(c.input(0), 1, "dims"), "dims");
    c.output(0, Elements.filled(Dims.requireScalar(c.input(1), "value"), s));
  }

  private static void onesLike(KernelContext c) {
    DataType t = c.input(0).dtype();
    Result one = new Result(t, Shape.scalar());
    if (t.isFloating()) {
      one.setDouble(0, 1);
    } else if (t.isInteger()) {
      one.setLong(0, 1);
    } else if (t == DataType.BOOL) {
      one.setBoolean(0, true);
    } else {
      throw Elementwise.unsupported(c, t);
    }
    c.output(0, Elements.filled(one.value(), c.input(0).shape()));
  }

  private static void broadcastTo(KernelContext c) {
    TensorValue x = c.input(0);
    Shape to = Dims.shape(c.input(1), "shape");
    c.output(0, Elements.pick(x, to, Broadcast.positions(x.shape(), to)));
  }

  /** Indices outside [0, depth) give rows of the off value alone. */
  private static void oneHot(KernelContext c) {
    TensorValue indices = c.input(0);
    long depth = Dims.requireScalar(c.input(1), "depth").getLong(0);
    TensorValue on = Dims.requireScalar(c.input(2), "on_value");
    TensorValue off = Dims.requireScalar(c.input(3), "off_value");
    if (depth < 0) {
      throw new InvalidArgumentException("depth must not be negative; it is " + depth);
    }
    Shape s = indices.shape();
    int axis = Dims.axis(c.attrs().getInt("axis"), s.rank() + 1);
    Shape to = s.slice(0, axis).concat(Shape.vector(depth)).concat(s.sliceFrom(axis));
    int inner = Dims.count(s.dims(), axis, s.rank());
    Object data = Elements.filled(off, to).data();
    for (int i = 0; i < indices.size(); i++) {
      long index = indices.getLong(i);
      if (index >= 0 && index < depth) {
        int at = (int) ((i / inner * depth + index) * inner + i % inner);
        Elements.copy(on.dtype(), on.data(), 0, data, at, 1);
      }
    }
    c.output(0, TensorValue.wrap(on.dtype(), to, data));
  }
}
