package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.session.state.Variable;
import java.util.function.BinaryOperator;

/** Resource variables: making, reading and assigning them. */
final class VariableKernels {
  private VariableKernels() {}

  static void register(ReferenceKernels k) {
    k.add("VarHandleOp", VariableKernels::handle);
    k.add("ReadVariableOp", VariableKernels::read);
    k.add("AssignVariableOp", VariableKernels::assign);
    k.add("AssignAddVariableOp", c -> update(c, VariableKernels::sum));
    k.add("AssignSubVariableOp", c -> update(c, VariableKernels::difference));
    k.add("VarIsInitializedOp", c -> c.output(0, TensorValue.of(c.variable(0).isInitialized())));
    k.add("VariableShape", VariableKernels::shape);
    k.add("DestroyResourceOp", VariableKernels::destroy);
    k.add("ResourceGather", VariableKernels::gather);
    k.add(
        "ResourceGatherNd",
        c -> c.output(0, GatherKernels.gatherNd(find(requireType(c)), c.input(1))));
    k.add("ResourceStridedSliceAssign", VariableKernels::assignSlice);
    k.add("ResourceCountUpTo", VariableKernels::countUpTo);
  }

  /**
   * Handles with the same container and shared name, or node name without one, are of one variable.
   */
  private static void handle(KernelContext c) {
    String shared = c.attrs().getString("shared_name");
    Variable v =
        c.state()
            .variable(
                c.attrs().getString("container"),
                shared.isEmpty() ? c.nodeName() : shared,
                c.attrs().getType("dtype"),
                c.attrs().getShape("shape"));
    c.output(0, TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {v}));
  }

  /** The variable that is input 0, which must be of the dtype that the node says. */
  static Variable requireType(KernelContext c) {
    return requireType(c, "dtype");
  }

  /** As {@link #requireType(KernelContext)}, where another attribute says the dtype. */
  static Variable requireType(KernelContext c, String attr) {
    Variable v = c.variable(0);
    DataType t = c.attrs().getType(attr);
    if (v.dtype() != t) {
      throw new InvalidArgumentException(
          "variable '" + v.name() + "' is " + v.dtype() + ", not " + t);
    }
    return v;
  }

  private static void read(KernelContext c) {
    c.output(0, requireType(c).read());
  }

  private static void assign(KernelContext c) {
    requireType(c).assign(c.input(1));
  }

  /** Where TensorFlow does not find a variable that has no value, it is not found here either. */
  static TensorValue find(Variable v) {
    if (!v.isInitialized()) {
      throw new NotFoundException(v.uninitialized().getMessage());
    }
    return v.read();
  }

  private static void update(KernelContext c, BinaryOperator<TensorValue> f) {
    TensorValue change = c.input(1);
    Variable v = requireType(c);
    VariableLocks.with(
        () -> {
          TensorValue old = find(v);
          Dims.requireSame(old, "variable '" + v.name() + "'", change, "the value");
          v.assign(f.apply(old, change));
        },
        v);
  }

  private static TensorValue sum(TensorValue x, TensorValue y) {
    return x.dtype().isFloating()
        ? Elementwise.combine(x, y, (a, b, r) -> a + b)
        : Elementwise.combineLongs(x, y, (a, b, t) -> a + b);
  }

  private static TensorValue difference(TensorValue x, TensorValue y) {
    return x.dtype().isFloating()
        ? Elementwise.combine(x, y, (a, b, r) -> a - b)
        : Elementwise.combineLongs(x, y, (a, b, t) -> a - b);
  }

  private static void shape(KernelContext c) {
    c.output(0, Dims.vector(c.attrs().getType("out_type"), find(c.variable(0)).shape().dims()));
  }

  private static void destroy(KernelContext c) {
    Variable v = c.variable(0);
    if (!v.isInitialized() && !c.attrs().getBool("ignore_lookup_error")) {
      throw new NotFoundException("there is no value of variable '" + v.name() + "' to destroy");
    }
    v.destroy();
  }

  /** Rows of the variable; with batch dimensions, the axis after them. */
  private static void gather(KernelContext c) {
    TensorValue params = find(requireType(c));
    long batchDims = c.attrs().has("batch_dims") ? c.attrs().getInt("batch_dims") : 0;
    c.output(0, GatherKernels.gather(params, c.input(1), batchDims, batchDims));
  }

  /** The value must be of the slice's shape; it is not broadcast. */
  private static void assignSlice(KernelContext c) {
    Variable v = requireType(c, "T");
    TensorValue value = c.input(4);
    VariableLocks.with(
        () -> {
          TensorValue old = find(v);
          StridedSpec spec =
              new StridedSpec(old.shape(), c.input(1), c.input(2), c.input(3), c.attrs());
          if (!value.shape().equals(spec.shape)) {
            throw new UnimplementedException(
                "the slice of variable '"
                    + v.name()
                    + "' is of shape "
                    + spec.shape
                    + ", the value of shape "
                    + value.shape()
                    + ": TensorFlow 1.15 does not broadcast here; broadcastTo does");
          }
          Object data = Elements.copyOf(old);
          Elements.place(value, data, spec.at);
          v.assign(TensorValue.wrap(old.dtype(), old.shape(), data));
        },
        v);
  }

  /** Gives the count and adds 1 to it. */
  private static void countUpTo(KernelContext c) {
    Variable v = requireType(c, "T");
    long limit = c.attrs().getInt("limit");
    VariableLocks.with(
        () -> {
          TensorValue old = Dims.requireScalar(find(v), "the counter '" + v.name() + "'");
          if (old.getLong(0) >= limit) {
            throw new OutOfRangeException(
                "counter '" + v.name() + "' has reached its limit, " + limit);
          }
          v.assign(Dims.numbers(old.dtype(), Shape.scalar(), old.getLong(0) + 1));
          c.output(0, old);
        },
        v);
  }
}
