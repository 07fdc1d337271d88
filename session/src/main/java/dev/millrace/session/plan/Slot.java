package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;

/** Where a value of a specialised segment lies. */
final class Slot {
  /** The kinds of places. */
  enum Kind {
    /** In the arena, at an offset that the memory planner chooses. */
    ARENA,
    /** Known before the run. */
    CONSTANT,
    /** Given by a feed or an earlier segment. */
    INPUT,
    /** In a variable's own memory. */
    VARIABLE,
    /** In the place of another slot, which has as many bytes. */
    VIEW,
    /** A variable's handle: no value. */
    HANDLE,
    /** In memory that the kernel chooses: its own, or that of a list's elements. */
    LENT,
    /** On the heap: strings, resources, and results whose shape is known only after the run. */
    CELL
  }

  private final int id;
  private final Kind kind;
  private final DataType dtype;
  private final Shape shape; // null if it is not known before the run
  private final TensorValue constant;
  private final Slot root;
  private final PlanNode handle;
  private long offset = -1;

  private Slot(
      int id,
      Kind kind,
      DataType dtype,
      Shape shape,
      TensorValue constant,
      Slot root,
      PlanNode handle) {
    this.id = id;
    this.kind = kind;
    this.dtype = dtype;
    this.shape = shape;
    this.constant = constant;
    this.root = root == null ? this : root;
    this.handle = handle;
  }

  static Slot of(int id, Kind kind, DataType dtype, Shape shape) {
    return new Slot(id, kind, dtype, shape, null, null, null);
  }

  static Slot constant(int id, TensorValue v) {
    return new Slot(id, Kind.CONSTANT, v.dtype(), v.shape(), v, null, null);
  }

  static Slot view(int id, Slot of, DataType dtype, Shape shape) {
    TensorValue c = of.constant == null ? null : of.constant.reshape(shape);
    return new Slot(id, Kind.VIEW, dtype, shape, c, of.root, of.handle);
  }

  static Slot variable(int id, DataType dtype, Shape shape, PlanNode handle) {
    return new Slot(id, Kind.VARIABLE, dtype, shape, null, null, handle);
  }

  static Slot handle(int id, PlanNode handle) {
    return new Slot(id, Kind.HANDLE, DataType.RESOURCE, Shape.scalar(), null, null, handle);
  }

  int id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  DataType dtype() {
    return dtype;
  }

  /** The shape, or null if it is known only after the run. */
  Shape shape() {
    return shape;
  }

  /** The value of a constant; else null. */
  TensorValue constant() {
    return constant;
  }

  /** The slot whose place this shares; itself where it has its own. */
  Slot root() {
    return root;
  }

  /** The {@code VarHandleOp} of a variable or handle. */
  PlanNode handleNode() {
    return handle;
  }

  /** Whether the value lies in memory off the heap. */
  boolean hasMemory() {
    return shape != null && dtype.isDense() && kind != Kind.CELL && kind != Kind.HANDLE;
  }

  /** Whether this is the handle of a variable whose memory plans may bind to. */
  boolean isFixedVariable() {
    return kind == Kind.HANDLE && VariableHandles.hasFixedMemory(handle);
  }

  long bytes() {
    return HeapCopies.byteSize(dtype, shape);
  }

  /** Whether the planner has given it a place; not if its producer was absorbed. */
  boolean isInArena() {
    return kind == Kind.ARENA && offset >= 0;
  }

  long offset() {
    return offset;
  }

  void setOffset(long o) {
    offset = o;
  }
}
