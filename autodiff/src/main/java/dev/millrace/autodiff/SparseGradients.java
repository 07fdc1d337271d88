package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Gradients of sparse tensors: those of their elements; places and shapes have none. */
public final class SparseGradients implements GradientProvider {
  private static final String NONE_THERE = "TensorFlow 1.15 has no gradient of it either";

  @Override
  public void register(GradientRegistry r) {
    r.add("SparseToDense", SparseGradients::toDense);
    r.add("SparseTensorDenseMatMul", SparseGradients::matMul);
    r.add("SparseTensorDenseAdd", SparseGradients::addDense);
    r.add("SparseDenseCwiseMul", SparseGradients::withDense);
    r.add("SparseDenseCwiseDiv", SparseGradients::withDense);
    r.add("SparseDenseCwiseAdd", SparseGradients::withDense);
    r.add("SparseSoftmax", SparseGradients::softmax);
    r.add("SparseAdd", SparseGradients::add);
    r.add("SparseReduceSum", SparseGradients::reduceSum);
    r.add("SparseReorder", SparseGradients::reorder);
    r.add("SparseSlice", SparseGradients::slice);
    r.add("SparseFillEmptyRows", SparseGradients::fillEmptyRows);
    for (String type :
        new String[] {
          "SparseSparseMaximum",
          "SparseSparseMinimum",
          "SparseReduceMax",
          "SparseReduceMaxSparse",
          "SparseReduceSumSparse",
          "SparseSplit",
          "SparseSliceGrad",
          "SparseFillEmptyRowsGrad"
        }) {
      r.undefined(type, NONE_THERE);
    }
    for (String type : new String[] {"SparseAddGrad", "SparseConcat"}) {
      r.notDifferentiable(type, "TensorFlow does not differentiate it");
    }
    r.notDifferentiable("SparseReshape", "places and shapes are whole numbers");
    r.notDifferentiable("EditDistance", "it counts steps");
    r.notDifferentiable("SparseCross", "its results are numbers of buckets, or text");
  }

  /** Gradients of some inputs, the others having none. */
  private static List<Gradient> of(GradientContext c, Object... inputsAndGradients) {
    List<Gradient> r =
        new ArrayList<>(Collections.nCopies(c.inputCount(), Gradient.disconnected()));
    for (int i = 0; i < inputsAndGradients.length; i += 2) {
      if (inputsAndGradients[i + 1] instanceof Tensor t) {
        r.set((Integer) inputsAndGradients[i], Gradient.of(t));
      }
    }
    return r;
  }

  private static List<Gradient> toDense(GradientContext c) {
    Ops tf = c.tf();
    Tensor indices = c.input(0);
    Tensor values = c.input(2);
    // A scalar is one place, a vector those in a vector, as the columns of a matrix.
    Tensor places = tf.reshape(indices, List.of(-1, c.input(1).sizeTensor()));
    Tensor picked = tf.gatherNd(c.grad(), places);
    Tensor own = c.sumTo(picked, values); // one value may stand for all places
    Tensor rest = c.needs(3) ? c.grad().reduceSum().sub(picked.reduceSum()) : null;
    return of(c, 2, own, 3, rest);
  }

  /** The op transposes a and does not conjugate it, whatever its attribute is called. */
  private static List<Gradient> matMul(GradientContext c) {
    Ops tf = c.tf();
    boolean adjointA = c.attrs().getBool("adjoint_a");
    boolean adjointB = c.attrs().getBool("adjoint_b");
    Tensor b = c.input(3);
    Tensor g = c.grad();
    Tensor toB = null;
    if (c.needs(3)) {
      OpBuilder product = tf.op("SparseTensorDenseMatMul", null);
      product.input(c.input(0)).input(Rules.conj(c.input(1))).input(c.input(2)).input(g);
      toB = Build.of(tf, product.attr("adjoint_a", !adjointA));
      toB = adjointB ? Rules.conj(tf.transpose(toB)) : toB;
    }
    Tensor toA = null;
    if (c.needs(1)) {
      Tensor right = adjointB ? Rules.conj(tf.transpose(b)) : b;
      Tensor rows = tf.slice(c.input(0), Index.all(), Index.at(0));
      Tensor columns = tf.slice(c.input(0), Index.all(), Index.at(1));
      Tensor outer = tf.gather(g, adjointA ? columns : rows);
      Tensor inner = tf.gather(right, adjointA ? rows : columns);
      toA = outer.mul(Rules.conj(inner)).reduceSum(1);
    }
    return of(c, 1, toA, 3, toB);
  }

  private static List<Gradient> addDense(GradientContext c) {
    return of(c, 1, c.tf().gatherNd(c.grad(), c.input(0)), 3, c.grad());
  }

  /**
   * Of {@code a · b}, {@code a / b} and {@code a + b} where a is: of b, which broadcasts, what
   * comes to each element is summed.
   */
  private static List<Gradient> withDense(GradientContext c) {
    Ops tf = c.tf();
    Tensor indices = c.input(0);
    Tensor a = c.input(1);
    Tensor b = c.input(3);
    Tensor g = c.grad();
    Tensor bShape = Shapes.of(b).cast(DataType.INT64);
    Tensor lead =
        tf.constant(1L)
            .expandDims(0)
            .tile(c.input(2).sizeTensor().sub(b.rankTensor()).expandDims(0));
    Tensor stretched = c.input(2).floorDiv(tf.maximum(tf.concat(0, lead, bShape), 1L));
    Tensor at =
        tf.slice(
            tf.floorDiv(indices, stretched),
            tf.stack(List.of(0, c.input(2).sizeTensor().sub(b.rankTensor()))),
            tf.constant(new int[] {-1, -1}));
    Tensor toA = g;
    Tensor each = g;
    if (!c.op().type().equals("SparseDenseCwiseAdd")) {
      Tensor there = Rules.conj(tf.gatherNd(b, at));
      boolean product = c.op().type().equals("SparseDenseCwiseMul");
      toA = product ? g.mul(there) : g.div(there);
      each = product ? g.mul(Rules.conj(a)) : g.mul(Rules.conj(a).neg()).div(there).div(there);
    }
    return of(c, 1, toA, 3, c.needs(3) ? tf.scatterNd(at, each, bShape) : null);
  }

  private static List<Gradient> softmax(GradientContext c) {
    Ops tf = c.tf();
    Tensor weighted = c.grad().mul(c.out());
    OpBuilder sum = tf.op("SparseReduceSum", null);
    sum.input(c.input(0)).input(weighted).input(c.input(2)).input(tf.constant(new int[] {-1}));
    Tensor rows = Build.of(tf, sum.attr("keep_dims", true)).neg();
    Tensor moved = Build.op(tf, "SparseDenseCwiseAdd", c.input(0), c.grad(), c.input(2), rows);
    return of(c, 1, moved.mul(c.out()));
  }

  private static List<Gradient> add(GradientContext c) {
    OpBuilder b = c.tf().op("SparseAddGrad", null);
    b.input(c.grad(1)).input(c.input(0)).input(c.input(3)).input(c.output(0));
    Operation grads = b.build();
    return of(c, 1, c.tf().tensor(grads.output(0)), 4, c.tf().tensor(grads.output(1)));
  }

  private static List<Gradient> reduceSum(GradientContext c) {
    Ops tf = c.tf();
    Tensor shape = c.input(2);
    Tensor axes = c.input(3).reshape(-1);
    Tensor rank = shape.sizeTensor();
    Tensor places = tf.mod(axes.add(rank), rank).expandDims(1);
    // 1 where a dimension is summed over; an axis may be named twice.
    Tensor hits = tf.scatterNd(places, axes.onesLike().cast(DataType.INT64), rank.expandDims(0));
    Tensor kept = tf.where(tf.greater(hits, 0L), shape.onesLike(), shape);
    Tensor at = tf.floorDiv(c.input(0), tf.maximum(tf.floorDiv(shape, tf.maximum(kept, 1L)), 1L));
    return of(c, 1, tf.gatherNd(c.grad().reshape((Object) kept), at));
  }

  private static List<Gradient> reorder(GradientContext c) {
    Ops tf = c.tf();
    OpBuilder b = tf.op("SparseReorder", null);
    b.input(c.input(0)).input(tf.range(c.input(1).sizeTensor())).input(c.input(2));
    Tensor order = tf.tensor(b.build().output(1));
    return of(c, 1, tf.gather(c.grad(1), tf.invertPermutation(order)));
  }

  private static List<Gradient> slice(GradientContext c) {
    return of(
        c, 1, Build.op(c.tf(), "SparseSliceGrad", c.grad(1), c.input(0), c.input(3), c.output(0)));
  }

  private static List<Gradient> fillEmptyRows(GradientContext c) {
    OpBuilder b = c.tf().op("SparseFillEmptyRowsGrad", null);
    Operation grads = b.input(c.output(3)).input(c.grad(1)).build();
    return of(c, 1, c.tf().tensor(grads.output(0)), 3, c.tf().tensor(grads.output(1)));
  }
}
