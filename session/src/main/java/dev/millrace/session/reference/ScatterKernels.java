package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Variable;

/** Changes of some rows of a variable. */
final class ScatterKernels {
  private ScatterKernels() {}

  static void register(ReferenceKernels k) {
    k.add("ResourceScatterUpdate", c -> scatter(c, Merge.UPDATE));
    k.add("ResourceScatterAdd", c -> scatter(c, Merge.ADD));
    k.add("ResourceScatterSub", c -> scatter(c, Merge.SUB));
    k.add("ResourceScatterMul", c -> scatter(c, Merge.MUL));
    k.add("ResourceScatterDiv", c -> scatter(c, Merge.DIV));
    k.add("ResourceScatterMin", c -> scatter(c, Merge.MIN));
    k.add("ResourceScatterMax", c -> scatter(c, Merge.MAX));
  }

  private static void scatter(KernelContext c, Merge how) {
    Variable v = VariableKernels.requireType(c);
    if (!how.takes(v.dtype())) {
      throw Elementwise.unsupported(c, v.dtype());
    }
    VariableLocks.with(() -> scatter(v, c.input(1), c.input(2), how), v);
  }

  /**
   * Merges row {@code i} of the updates, or the scalar that they are, into row {@code indices[i]},
   * one after another. An index that is out of range is an error; the rows before it are changed
   * all the same, as in TensorFlow.
   */
  private static void scatter(Variable v, TensorValue indices, TensorValue updates, Merge how) {
    TensorValue table = VariableKernels.find(v);
    Shape s = table.shape();
    if (s.rank() == 0) {
      throw new InvalidArgumentException("variable '" + v.name() + "' is a scalar without rows");
    }
    Shape expected = indices.shape().concat(s.sliceFrom(1));
    boolean scalar = updates.shape().rank() == 0;
    if (!scalar && !updates.shape().equals(expected)) {
      throw new InvalidArgumentException(
          "updates of shape "
              + updates.shape()
              + " must be a scalar or of shape "
              + expected
              + ", for indices of shape "
              + indices.shape()
              + " and variable '"
              + v.name()
              + "' of shape "
              + s);
    }
    int size = Dims.count(s.dims(), 1, s.rank());
    int good = Rows.countInRange(indices, s.dim(0));
    Accumulator rows = Accumulator.of(table);
    for (int i = 0; i < good; i++) {
      int at = (int) indices.getLong(i) * size;
      for (int k = 0; k < size; k++) {
        rows.merge(how, at + k, updates, scalar ? 0 : i * size + k);
      }
    }
    v.assign(rows.value());
    if (good < indices.size()) {
      throw Rows.outOfRange(indices, good, s.dim(0));
    }
  }
}
