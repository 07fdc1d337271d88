package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A variable that lies in parts along one axis, each a {@link Variable} of its own. As an operand
 * it stands for the whole value, the parts joined. {@link Ops#embeddingLookup} takes the parts as
 * they are.
 */
public final class PartitionedVariable implements TensorMethods {
  private final Ops ops;
  private final String name;
  private final Shape shape;
  private final int axis;
  private final int[] partitions;
  private final List<Variable> parts;
  private Tensor value;

  PartitionedVariable(
      Ops ops, String name, Shape shape, int axis, int[] partitions, List<Variable> parts) {
    this.ops = ops;
    this.name = name;
    this.shape = shape;
    this.axis = axis;
    this.partitions = partitions.clone();
    this.parts = List.copyOf(parts);
  }

  /** The full name of the whole, under which a checkpoint files it. */
  public String name() {
    return name;
  }

  /** The shape of the whole. */
  public Shape shape() {
    return shape;
  }

  /** The dtype of the elements. */
  public DataType dtype() {
    return parts.get(0).dtype();
  }

  /** The axis along which it is cut. */
  public int axis() {
    return axis;
  }

  /** The number of parts along each axis. */
  public int[] partitions() {
    return partitions.clone();
  }

  /** The parts in order: {@code name/part_0}, … */
  public List<Variable> parts() {
    return parts;
  }

  @Override
  public Ops ops() {
    return ops;
  }

  /** The whole value: the parts joined, an op of this variable's name (ConcatV2, Identity). */
  public Tensor value() {
    if (value == null) {
      // Whoever asks first must not make later users wait for what that one waits for, nor name it.
      try (Scope outside = ops.graph().outsideFunctions();
          Scope free = ops.clearControlDependencies();
          Scope root = ops.graph().nameScope("")) {
        value = ops.tensor(joined()).as(name);
      }
    }
    return value;
  }

  private TensorMethods joined() {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    try (Scope s = ops.graph().nameScope(name + "/ConcatPartitions/")) {
      return ops.concat(parts, axis);
    }
  }

  @Override
  public Output asOutput() {
    return value().asOutput();
  }

  /** Sets the parts to those of {@code x}, a tensor or value of the whole shape. */
  public List<Assigned> assign(Object x) {
    return change(x, Variable::assign);
  }

  /** Adds the parts of {@code x} to these. */
  public List<Assigned> assignAdd(Object x) {
    return change(x, Variable::assignAdd);
  }

  /** Subtracts the parts of {@code x} from these. */
  public List<Assigned> assignSub(Object x) {
    return change(x, Variable::assignSub);
  }

  private List<Assigned> change(Object x, BiFunction<Variable, Object, Assigned> change) {
    Output whole = ops.convert(x, dtype(), "Const");
    if (!whole.shape().isCompatibleWith(shape)) {
      throw GraphApi.error(
          "variable '" + name + "' is of shape " + shape + " and cannot take " + whole);
    }
    int[] sizes = parts.stream().mapToInt(p -> (int) p.shape().dim(axis)).toArray();
    List<Tensor> values = ops.split(whole, sizes, axis);
    List<Assigned> r = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      r.add(change.apply(parts.get(i), values.get(i)));
    }
    return r;
  }

  /** As {@code PartitionedVariable("w", shape=[10,3], dtype=float32, parts=2)}. */
  @Override
  public String toString() {
    return "PartitionedVariable(\""
        + name
        + "\", shape="
        + shape
        + ", dtype="
        + dtype()
        + ", parts="
        + parts.size()
        + ")";
  }
}
