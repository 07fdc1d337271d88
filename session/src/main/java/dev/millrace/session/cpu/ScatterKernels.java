package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;
import java.util.List;

/**
 * Changes of some rows or slices of a variable or of a copy, and tensors that are made by adding
 * rows up: ScatterNd and the segment reductions in any order.
 */
final class ScatterKernels {
  private ScatterKernels() {}

  static void register(FastKernels to) {
    to.add("ResourceScatterUpdate", new OnVariable(null));
    to.add("ResourceScatterAdd", new OnVariable("Add"));
    to.add("ResourceScatterSub", new OnVariable("Sub"));
    to.add("ResourceScatterMul", new OnVariable("Mul"));
    to.add("ResourceScatterDiv", new OnVariable("RealDiv"));
    to.add("ResourceScatterMin", new OnVariable("Minimum"));
    to.add("ResourceScatterMax", new OnVariable("Maximum"));
    to.add("UnsortedSegmentSum", new Segments("Add"));
    to.add("UnsortedSegmentProd", new Segments("Mul"));
    to.add("UnsortedSegmentMin", new Segments("Minimum"));
    to.add("UnsortedSegmentMax", new Segments("Maximum"));
    to.add("ScatterNd", new IntoZeros());
    to.add("ResourceScatterNdUpdate", new SlicesOfVariable(null));
    to.add("ResourceScatterNdAdd", new SlicesOfVariable("Add"));
    to.add("ResourceScatterNdSub", new SlicesOfVariable("Sub"));
    to.add("TensorScatterUpdate", new IntoCopy(null));
    to.add("TensorScatterAdd", new IntoCopy("Add"));
    to.add("TensorScatterSub", new IntoCopy("Sub"));
    to.add("ScatterNdNonAliasingAdd", new IntoCopy("Add"));
  }

  /**
   * Rows of a variable are changed in place.
   *
   * @param op the instruction; null where the update replaces what is there
   */
  private record OnVariable(String op) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.inputType(2);
      boolean scalar = node.inputShape(2).rank() == 0;
      return op == null
          ? t.isDense() && (!scalar || CopyRows.takesScalar(t.size()))
          : ElementwiseKernels.binary(op, t) != null;
    }

    @Override
    public Step bind(BindContext node) {
      Variable v = node.variable(0);
      Shape s = v.staticShape();
      Shape updates = node.inputShape(2);
      if (v.dtype() != node.inputType(2) || s.rank() < 1) {
        throw new InvalidArgumentException(
            "variable '"
                + v.name()
                + "' is "
                + v.dtype()
                + s
                + "; its rows cannot take "
                + node.inputType(2)
                + updates);
      }
      Shape expected = node.inputShape(1).concat(s.sliceFrom(1));
      if (updates.rank() != 0 && !updates.equals(expected)) {
        throw new InvalidArgumentException(
            "updates of shape "
                + updates
                + " must be a scalar or of shape "
                + expected
                + ", for indices of shape "
                + node.inputShape(1)
                + " and variable '"
                + v.name()
                + "' of shape "
                + s);
      }
      RowIndices rows = RowIndices.of(node, 1, s.dim(0));
      return rows(node, op, rows, s.sliceFrom(1), v.region(), v);
    }
  }

  /** The step that puts rows of that shape, which are input 2, into a table. */
  private static Step rows(
      BindContext node, String op, RowIndices rows, Shape row, Region table, Variable... v) {
    int size = (int) row.numElements();
    return op == null
        ? new CopyRows(node, rows, size, 2, table, v)
        : new MergeRows(
            node, rows, ElementwiseKernels.binary(op, node.inputType(2)), size, 2, table, v);
  }

  private static boolean takes(String op, DataType t) {
    return op == null
        ? t.isDense()
        : t != DataType.BOOL && ElementwiseKernels.binary(op, t) != null;
  }

  /** Whether vectors of indices name slices of a tensor of that shape, and updates are these. */
  private static boolean fit(Shape table, Shape indices, Shape updates) {
    return indices.rank() > 0
        && indices.dim(-1) <= table.rank()
        && updates.equals(
            indices.slice(0, indices.rank() - 1).concat(table.sliceFrom((int) indices.dim(-1))));
  }

  /** Slices of a variable that vectors of indices name are changed in place. */
  private record SlicesOfVariable(String op) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return takes(op, node.inputType(2));
    }

    @Override
    public Step bind(BindContext node) {
      Variable v = node.variable(0);
      Shape s = v.staticShape();
      Shape indices = node.inputShape(1);
      if (v.dtype() != node.inputType(2) || !fit(s, indices, node.inputShape(2))) {
        throw new InvalidArgumentException(
            "updates "
                + node.inputType(2)
                + node.inputShape(2)
                + " must have a slice of variable '"
                + v.name()
                + "', which is "
                + v.dtype()
                + s
                + ", for each vector of the indices, "
                + indices);
      }
      RowIndices rows = RowIndices.ofVectors(node, 1, s);
      return rows(node, op, rows, s.sliceFrom((int) indices.dim(-1)), v.region(), v);
    }
  }

  /** Slices of a copy of the first input are changed. */
  private record IntoCopy(String op) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return takes(op, node.inputType(2))
          && fit(node.inputShape(0), node.inputShape(1), node.inputShape(2));
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return input == 0;
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.inputShape(0);
      Region from = node.input(0);
      Region to = node.output(0);
      RowIndices rows = RowIndices.ofVectors(node, 1, s);
      Step change = rows(node, op, rows, s.sliceFrom((int) node.inputShape(1).dim(-1)), to);
      return () -> {
        to.copyFrom(from);
        change.run();
      };
    }
  }

  /** {@code UnsortedSegment…}: begins with what changes nothing, and merges rows into that. */
  private record Segments(String op) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      Shape ids = node.inputShape(1);
      return ElementwiseKernels.binary(op, node.inputType(0)) != null
          && node.inputShape(0).rank() >= ids.rank()
          && node.inputShape(0).slice(0, ids.rank()).equals(ids)
          && node.constant(2) != null;
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.outputShape(0);
      Region start = constant(neutral(node.inputType(0)));
      RowIndices rows = RowIndices.ofSegments(node, 1, s.dim(0));
      int size = (int) s.sliceFrom(1).numElements();
      return Steps.sequence(
          List.of(
              FillStep.of(node, start, node.output(0), s.numElements(), node.inputType(0).size()),
              new MergeRows(
                  node,
                  rows,
                  ElementwiseKernels.binary(op, node.inputType(0)),
                  size,
                  0,
                  node.output(0))));
    }

    private TensorValue neutral(DataType t) {
      return switch (op) {
        case "Add" -> TensorValue.zeros(t, Shape.scalar());
        case "Mul" -> number(t, 1, 1);
        case "Minimum" ->
            t == DataType.FLOAT32
                ? TensorValue.of(Float.MAX_VALUE)
                : number(t, Double.MAX_VALUE, t == DataType.INT32 ? Integer.MAX_VALUE : -1L >>> 1);
        default ->
            t == DataType.FLOAT32
                ? TensorValue.of(-Float.MAX_VALUE)
                : number(
                    t, -Double.MAX_VALUE, t == DataType.INT32 ? Integer.MIN_VALUE : Long.MIN_VALUE);
      };
    }

    private static TensorValue number(DataType t, double real, long integer) {
      return switch (t) {
        case FLOAT32 -> TensorValue.of((float) real);
        case FLOAT64 -> TensorValue.of(real);
        case INT32 -> TensorValue.of((int) integer);
        default -> TensorValue.of(integer);
      };
    }
  }

  private static Region constant(TensorValue v) {
    long bytes = HeapCopies.byteSize(v.dtype(), v.shape());
    Region r = NativeMemory.allocate(bytes).region(0, bytes);
    HeapCopies.store(v, r);
    return r;
  }

  /** ScatterNd: slices at the same place are added up. */
  private static final class IntoZeros implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.constant(2) != null
          && takes("Add", node.inputType(1))
          && fit(node.outputShape(0), node.inputShape(0), node.inputShape(1));
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.outputShape(0);
      DataType t = node.inputType(1);
      RowIndices rows = RowIndices.ofVectors(node, 0, s);
      int size = (int) s.sliceFrom((int) node.inputShape(0).dim(-1)).numElements();
      Region zero = constant(TensorValue.zeros(t, Shape.scalar()));
      return Steps.sequence(
          List.of(
              FillStep.of(node, zero, node.output(0), s.numElements(), t.size()),
              new MergeRows(
                  node, rows, ElementwiseKernels.binary("Add", t), size, 1, node.output(0))));
    }
  }
}
