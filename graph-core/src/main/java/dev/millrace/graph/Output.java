package dev.millrace.graph;

/** One output of an operation: a symbolic tensor. Equal when operation and index are. */
public final class Output implements Operand {
  private final Operation op;
  private final int index;

  Output(Operation op, int index) {
    this.op = op;
    this.index = index;
  }

  /** The operation that computes this. */
  public Operation op() {
    return op;
  }

  /** Which of the operation's outputs this is, from 0. */
  public int index() {
    return index;
  }

  /** {@code name:index}. */
  public String name() {
    return op.name() + ":" + index;
  }

  public DataType dtype() {
    return op.outputType(index);
  }

  /** Whether this is a reference to a variable's storage, as the old {@code VariableV2} gives. */
  public boolean isRef() {
    return op.isRefOutput(index);
  }

  /** What is known of the shape while the graph is built. */
  public Shape shape() {
    return op.outputShape(index);
  }

  /**
   * Adds to what is known of the shape: a claim, which nothing checks when the graph runs.
   *
   * @throws InvalidArgumentException if it contradicts what is known
   */
  public void setShape(Shape more) {
    op.refineShape(index, more);
  }

  /**
   * The elements known while the graph is built, if this is a small integer tensor of rank 0 or 1;
   * else null.
   */
  public KnownInts knownInts() {
    return op.knownInts(index);
  }

  /** The whole value, if it is known while the graph is built; else null. */
  public TensorValue constantValue() {
    return op.constantValue(index);
  }

  /**
   * For a resource, dtype and shape of the variable behind it; for a tensor list, those of its
   * elements; as far as known, else null.
   */
  public HandleData handleData() {
    return op.handleData(index);
  }

  /**
   * Tells what is behind this, a resource or list: a claim, which nothing checks when the graph
   * runs.
   */
  public void setHandleData(HandleData data) {
    op.describe(index, data, knownInts());
  }

  public Graph graph() {
    return op.graph();
  }

  @Override
  public Output asOutput() {
    return this;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Output x && op == x.op && index == x.index;
  }

  @Override
  public int hashCode() {
    return 31 * System.identityHashCode(op) + index;
  }

  @Override
  public String toString() {
    return name() + " (" + op.type() + ", " + dtype() + shape() + ")";
  }
}
