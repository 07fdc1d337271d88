package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A node of a plan graph: an operation of the user's graph, a feed, or a constant. Passes change
 * inputs and control inputs; the rest stays.
 */
final class PlanNode {
  enum Kind {
    OP,
    FEED,
    CONSTANT
  }

  private final int id;
  private final Kind kind;
  private final Operation origin;
  private final List<DataType> outputTypes;
  private final TensorValue value; // of a constant
  private final int feed; // number of the feed
  private final int originOutput; // which output of the origin a feed or constant stands for
  private final List<Edge> inputs = new ArrayList<>();
  private final Set<PlanNode> controlInputs = new LinkedHashSet<>();
  private final Set<PlanNode> orderInputs = new LinkedHashSet<>();
  private boolean copiesRead;
  private int segment;

  private PlanNode(
      int id,
      Kind kind,
      Operation origin,
      List<DataType> outputTypes,
      TensorValue value,
      int feed,
      int originOutput) {
    this.id = id;
    this.kind = kind;
    this.origin = origin;
    this.outputTypes = outputTypes;
    this.value = value;
    this.feed = feed;
    this.originOutput = originOutput;
  }

  static PlanNode op(int id, Operation origin) {
    return new PlanNode(
        id, Kind.OP, origin, origin.outputs().stream().map(Output::dtype).toList(), null, -1, 0);
  }

  static PlanNode feed(int id, Output fed, int feed) {
    return new PlanNode(id, Kind.FEED, fed.op(), List.of(fed.dtype()), null, feed, fed.index());
  }

  static PlanNode constant(int id, Operation origin, int output, TensorValue value) {
    return new PlanNode(id, Kind.CONSTANT, origin, List.of(value.dtype()), value, -1, output);
  }

  /** The place in the order of creation; nodes that passes make come last. */
  int id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  boolean isOp() {
    return kind == Kind.OP;
  }

  boolean isConstant() {
    return kind == Kind.CONSTANT;
  }

  boolean isFeed() {
    return kind == Kind.FEED;
  }

  /** The operation that this node is, or was made from. */
  Operation origin() {
    return origin;
  }

  String name() {
    return origin.name();
  }

  /** The op type; {@code _Feed} and {@code Const} for feeds and constants. */
  String type() {
    return switch (kind) {
      case OP -> origin.type();
      case FEED -> "_Feed";
      case CONSTANT -> "Const";
    };
  }

  OpDef def() {
    return origin.def();
  }

  Attrs attrs() {
    return origin.attrs();
  }

  List<DataType> outputTypes() {
    return outputTypes;
  }

  int numOutputs() {
    return outputTypes.size();
  }

  /** What the graph knows of output {@code i}'s shape. */
  Shape staticShape(int i) {
    return kind == Kind.CONSTANT
        ? value.shape()
        : origin.output(kind == Kind.FEED ? originOutput : i).shape();
  }

  HandleData handle(int i) {
    return origin.output(kind == Kind.OP ? i : originOutput).handleData();
  }

  /** A constant's value. */
  TensorValue value() {
    return value;
  }

  /** A feed's number. */
  int feedNumber() {
    return feed;
  }

  List<Edge> inputs() {
    return inputs;
  }

  Set<PlanNode> controlInputs() {
    return controlInputs;
  }

  /**
   * The nodes that this one comes after if they run at all: unlike control inputs, they need not be
   * alive, and nothing keeps them in the plan.
   */
  Set<PlanNode> orderInputs() {
    return orderInputs;
  }

  boolean isStateful() {
    return kind == Kind.OP && def().isStateful();
  }

  /**
   * Whether running this changes something: a variable, a stream of random numbers, the outside.
   */
  boolean hasEffect() {
    return isStateful()
        && !VariableHandles.isHandle(this)
        && !OrderVariableAccess.READS.contains(type());
  }

  /** Whether passes may compute this away: no state, no effect, nothing random. */
  boolean isPure() {
    return kind == Kind.OP
        && !def().isStateful()
        && !def().isOpaque()
        && !def().outputs().isEmpty();
  }

  /**
   * For a variable read: whether it must copy the value, since the variable is written while the
   * value is still needed.
   */
  boolean copiesRead() {
    return copiesRead;
  }

  void setCopiesRead() {
    copiesRead = true;
  }

  int segment() {
    return segment;
  }

  void setSegment(int s) {
    segment = s;
  }

  @Override
  public String toString() {
    return name() + " (" + type() + ")";
  }
}
