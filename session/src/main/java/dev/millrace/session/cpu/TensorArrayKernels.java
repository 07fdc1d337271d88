package dev.millrace.session.cpu;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.session.collections.TensorArray;
import dev.millrace.session.kernel.CellContext;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import java.util.function.Function;
import java.util.function.Predicate;

/** Tensor arrays of dense elements, which lie off the heap, side by side if of one shape. */
final class TensorArrayKernels {
  private TensorArrayKernels() {}

  static void register(FastKernels to) {
    add(
        to,
        "TensorArrayV3",
        n -> n.attrs().getType("dtype").isDense() && Cells.isInt(n, 0),
        TensorArrayKernels::make);
    add(
        to,
        "TensorArrayWriteV3",
        n -> Cells.isInt(n, 1) && Cells.isDense(n, 2) && Cells.isDense(n, 3),
        TensorArrayKernels::write);
    add(
        to,
        "TensorArrayReadV3",
        n -> n.outputType(0).isDense() && Cells.isInt(n, 1),
        TensorArrayKernels::read);
    add(
        to,
        "TensorArrayScatterV3",
        n ->
            Cells.isInts(n, 1)
                && Cells.isDense(n, 2)
                && Cells.isDense(n, 3)
                && n.inputShape(2).rank() > 0
                && n.inputShape(2).dim(0) == n.inputShape(1).dim(0),
        TensorArrayKernels::scatter);
    add(
        to,
        "TensorArrayGatherV3",
        n -> n.outputType(0).isDense() && Cells.isInts(n, 1) && n.inputShape(1).dim(0) > 0,
        TensorArrayKernels::gather);
    add(to, "TensorArrayGradV3", n -> Cells.isDense(n, 1), TensorArrayKernels::gradient);
    add(to, "TensorArraySizeV3", n -> true, TensorArrayKernels::size);
  }

  private static void add(
      FastKernels to, String type, Predicate<NodeSpec> supports, Function<CellContext, Step> bind) {
    to.add(type, ListKernels.kernel(supports, bind));
  }

  private static TensorArray array(CellContext c) {
    return Cells.object(c, 0, TensorArray.class, "tensor array");
  }

  private static TensorArray array(CellContext c, DataType t) {
    TensorArray a = array(c);
    if (a.dtype() != t) {
      throw new InvalidArgumentException(a + " holds " + a.dtype() + ", not " + t);
    }
    return a;
  }

  private static Step make(CellContext c) {
    Attrs a = c.attrs();
    TensorArray.Options options =
        new TensorArray.Options(
            a.getType("dtype"),
            a.getShape("element_shape"),
            a.getBool("dynamic_size"),
            a.getBool("clear_after_read"),
            a.getBool("identical_element_shapes"),
            a.getString("tensor_array_name"));
    Region size = c.input(0);
    Region flow = c.output(1);
    return () -> {
      c.setCell(0, Cells.handle(new TensorArray(options, size.ints().get(0), c.slabs())));
      flow.floats().put(0, 0);
    };
  }

  private static Step write(CellContext c) {
    DataType t = c.inputType(2);
    Shape s = c.inputShape(2);
    Region at = c.input(1);
    Region value = c.input(2);
    Region in = c.input(3);
    Region out = c.output(0);
    return () -> {
      array(c).write(at.ints().get(0), t, s, value);
      out.copyFrom(in);
    };
  }

  private static Step read(CellContext c) {
    DataType t = c.outputType(0);
    Region at = c.input(1);
    return () -> {
      TensorArray a = array(c, t);
      int i = at.ints().get(0);
      a.readTo(i, c.result(0, a.shape(i)));
    };
  }

  private static Step scatter(CellContext c) {
    DataType t = c.inputType(2);
    Shape row = c.inputShape(2).sliceFrom(1);
    int n = (int) c.inputShape(1).dim(0);
    long bytes = HeapCopies.byteSize(t, row);
    Region indices = c.input(1);
    Region value = c.input(2);
    Region in = c.input(3);
    Region out = c.output(0);
    return () -> {
      TensorArray a = array(c);
      a.refineElementShape(row);
      if (Cells.isCount(indices, n)) {
        a.writeRows(n, t, row, value);
      } else {
        Region part = new Region();
        for (int i = 0; i < n; i++) {
          part.bind(value.owner(), value.address() + i * bytes, bytes);
          a.write(indices.ints().get(i), t, row, part);
        }
      }
      out.copyFrom(in);
    };
  }

  private static Step gather(CellContext c) {
    DataType t = c.outputType(0);
    Shape told = c.attrs().getShape("element_shape");
    int n = (int) c.inputShape(1).dim(0);
    Region indices = c.input(1);
    return () -> {
      TensorArray a = array(c, t);
      a.refineElementShape(told);
      Shape row = a.shape(indices.ints().get(0));
      for (int i = 1; i < n; i++) {
        Shape s = a.shape(indices.ints().get(i));
        if (!s.equals(row)) {
          throw new InvalidArgumentException(
              a
                  + " has elements of different shapes: the first is "
                  + row
                  + ", number "
                  + i
                  + " is "
                  + s);
        }
      }
      Region to = c.result(0, Cells.rows(n, row));
      long bytes = to.size() / n;
      if (Cells.isCount(indices, n)) {
        a.readRows(n, bytes, to);
        return;
      }
      Region part = new Region();
      for (int i = 0; i < n; i++) {
        part.bind(to.owner(), to.address() + i * bytes, bytes);
        a.readTo(indices.ints().get(i), part);
      }
    };
  }

  private static Step gradient(CellContext c) {
    String source = c.attrs().getString("source");
    Region in = c.input(1);
    Region out = c.output(1);
    return () -> {
      c.setCell(0, Cells.handle(array(c).gradient(source, Shape.scalar())));
      out.copyFrom(in);
    };
  }

  private static Step size(CellContext c) {
    Region out = c.output(0);
    return () -> out.ints().put(0, array(c).size());
  }
}
