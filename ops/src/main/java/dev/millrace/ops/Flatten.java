package dev.millrace.ops;

import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.List;

/** All dimensions but the first made one: [batch, ...] to [batch, n]. */
public final class Flatten extends Layer<Flatten> {
  Flatten(Ops ops) {
    super(ops, "flatten");
  }

  @Override
  Flatten self() {
    return this;
  }

  @Override
  void build(Output x) {
    // There are no variables.
  }

  @Override
  Tensor call(Output x) {
    Shape s = x.shape();
    if (!s.hasRank() || s.rank() == 0) {
      throw refuse(x, "tensors of one dimension or more, their number known");
    }
    Ops tf = ops();
    long n = s.sliceFrom(1).isFullyDefined() ? s.sliceFrom(1).numElements() : Shape.UNKNOWN;
    Tensor y;
    if (s.dim(0) > 0) {
      y = tf.reshape(x, s.dim(0), -1);
    } else if (n > 0) {
      y = tf.reshape(x, -1, n);
    } else {
      // No size can be left open: one of the others may be 0.
      Tensor shape = tf.shapeTensor(x);
      Object size = n == 0 ? (Object) 0 : tf.reduceProd(tf.slice(shape, Index.from(1)));
      y = tf.reshape(x, List.of(tf.get(shape, 0), size));
    }
    return y.setShape(Shape.of(s.dim(0), n));
  }
}
