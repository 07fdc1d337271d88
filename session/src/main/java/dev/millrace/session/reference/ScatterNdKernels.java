package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Variable;

/** Putting slices where vectors of indices say: into zeros, copies of tensors, and variables. */
final class ScatterNdKernels {
  private ScatterNdKernels() {}

  static void register(ReferenceKernels k) {
    k.add("ScatterNd", ScatterNdKernels::intoZeros);
    k.add("TensorScatterUpdate", c -> intoCopy(c, Merge.UPDATE));
    k.add("TensorScatterAdd", c -> intoCopy(c, Merge.ADD));
    k.add("TensorScatterSub", c -> intoCopy(c, Merge.SUB));
    k.add("ScatterNdNonAliasingAdd", c -> intoCopy(c, Merge.ADD));
    k.add("ResourceScatterNdUpdate", c -> intoVariable(c, Merge.UPDATE));
    k.add("ResourceScatterNdAdd", c -> intoVariable(c, Merge.ADD));
    k.add("ResourceScatterNdSub", c -> intoVariable(c, Merge.SUB));
  }

  /** Slices at the same place are added up. */
  private static void intoZeros(KernelContext c) {
    Shape to = Dims.shape(Dims.requireRank(c.input(2), 1, "shape"), "shape");
    Accumulator sum = Accumulator.of(TensorValue.zeros(c.input(1).dtype(), to));
    scatter(c, sum, to, c.input(0), c.input(1), Merge.ADD);
    c.output(0, sum.value());
  }

  private static void intoCopy(KernelContext c, Merge how) {
    Accumulator copy = Accumulator.of(c.input(0));
    scatter(c, copy, c.input(0).shape(), c.input(1), c.input(2), how);
    c.output(0, copy.value());
  }

  /** An index that is out of range is an error after the slices before it have changed. */
  private static void intoVariable(KernelContext c, Merge how) {
    Variable v = VariableKernels.requireType(c, "T");
    VariableLocks.with(
        () -> {
          TensorValue before = VariableKernels.find(v);
          Accumulator slices = Accumulator.of(before);
          try {
            scatter(c, slices, before.shape(), c.input(1), c.input(2), how);
          } finally {
            v.assign(slices.value());
          }
        },
        v);
  }

  /** Merges the updates' slices into {@code to}, which is of that shape, one after another. */
  private static void scatter(
      KernelContext c,
      Accumulator to,
      Shape shape,
      TensorValue indices,
      TensorValue updates,
      Merge how) {
    if (!how.takes(updates.dtype())) {
      throw Elementwise.unsupported(c, updates.dtype());
    }
    Slices slices = new Slices(shape, indices);
    Shape expected = slices.outer.concat(shape.sliceFrom(slices.depth));
    if (!updates.shape().equals(expected)) {
      throw new InvalidArgumentException(
          "updates of shape "
              + updates.shape()
              + " must be of shape "
              + expected
              + " for indices of shape "
              + indices.shape()
              + " and the output shape "
              + shape);
    }
    for (int i = 0; i < slices.count; i++) {
      int at = slices.at(i);
      for (int k = 0; k < slices.size; k++) {
        to.merge(how, at + k, updates, i * slices.size + k);
      }
    }
  }
}
