package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import java.util.ArrayList;
import java.util.List;

/**
 * Second derivatives: a loop over the elements of a gradient, each of which is differentiated in
 * turn.
 */
final class Hessians {
  private final Ops tf;
  private final List<? extends Operand> ys;

  private Hessians(Ops tf, List<? extends Operand> ys) {
    this.tf = tf;
    this.ys = ys;
  }

  static List<Tensor> of(List<? extends Operand> ys, List<? extends Operand> xs) {
    Gradients.builder(ys, xs); // checks that there are some
    Hessians h = new Hessians(Ops.of(ys.get(0).asOutput().graph()), ys);
    List<Tensor> result = new ArrayList<>();
    try (Scope s = h.tf.graph().nameScope("hessians")) {
      for (Operand x : xs) {
        result.add(h.of(x));
      }
    }
    return List.copyOf(result);
  }

  private Tensor of(Operand x) {
    Tensor value = tf.convertToTensor(x, null);
    Tensor size = tf.sizeTensor(value);
    Tensor shape = tf.shapeTensor(value);
    Shape known = value.shape();
    Gradient first =
        Gradients.builder(ys, List.of(x)).unconnected(Gradients.Unconnected.ZERO).build().get(0);
    Tensor flat = first.dense().reshape(-1);
    TensorArray rows =
        tf.newTensorArray(flat.dtype()).size(size).elementShape(known).name("hessian").build();
    List<Object> last =
        tf.whileLoop(
            (List<Object> v) -> ((Tensor) v.get(0)).less(size),
            v -> {
              Tensor j = (Tensor) v.get(0);
              Tensor seed = tf.cast(tf.equal(tf.range(size), j), flat.dtype());
              Tensor row = row(flat, x, seed);
              return List.of(j.add(1), ((TensorArray) v.get(1)).write(j, row));
            },
            List.of(tf.constant(0, DataType.INT32), rows));
    Tensor all = ((TensorArray) last.get(1)).stack();
    Tensor hessian = tf.reshape(all, tf.concat(0, shape, shape));
    if (known.hasRank()) {
      hessian.setShape(known.concat(known));
    }
    return hessian;
  }

  /** The gradient of the element that {@code seed} picks. */
  private Tensor row(Tensor flat, Operand x, Tensor seed) {
    return Gradients.builder(List.of(flat), List.of(x))
        .gradYs(List.of(seed))
        .unconnected(Gradients.Unconnected.ZERO)
        .build()
        .get(0)
        .dense();
  }
}
