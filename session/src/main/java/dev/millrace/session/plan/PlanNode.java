package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.reference.ReferenceKernels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A node of a plan graph: an operation of the user's graph, a feed, a constant, or something that
 * runs parts of a plan. Passes change inputs and control inputs; the rest stays.
 */
final class PlanNode {
  enum Kind {
    OP,
    FEED,
    CONSTANT,
    /** Runs one of several bodies: input 0 tells which. */
    BRANCH,
    /**
     * Runs a body again and again, as long as a condition holds. The first inputs are the
     * variables, of which there are as many as outputs; the others are the same in each iteration.
     */
    LOOP,
    /** Runs a body. */
    CALL
  }

  private int id;
  private final Kind kind;
  private final Operation origin;
  private final String path; // of the calls around the origin, where it lies in a function
  private List<DataType> outputTypes;
  private List<Output> standsFor; // by output; null for constants
  private final TensorValue value; // of a constant
  private int feed; // number of the feed
  private final List<Body> bodies;
  private final List<Edge> inputs = new ArrayList<>();
  private final Set<PlanNode> controlInputs = new LinkedHashSet<>();
  private Lowered lowered; // null for most
  private Attrs changed; // null for most
  private boolean hasOpenShapes;
  private final Set<PlanNode> orderInputs = new LinkedHashSet<>();
  private boolean copiesRead;
  private int segment;

  private PlanNode(
      int id,
      Kind kind,
      Operation origin,
      String path,
      List<Output> standsFor,
      TensorValue value,
      int feed,
      List<Body> bodies) {
    this.id = id;
    this.kind = kind;
    this.origin = origin;
    this.path = path;
    this.standsFor = standsFor;
    this.outputTypes =
        value != null ? List.of(value.dtype()) : standsFor.stream().map(Output::dtype).toList();
    this.value = value;
    this.feed = feed;
    this.bodies = bodies;
  }

  /**
   * @param path the names of the calls around the operation, each with a slash behind it
   */
  static PlanNode op(int id, Operation origin, String path) {
    return new PlanNode(id, Kind.OP, origin, path, origin.outputs(), null, -1, List.of());
  }

  /** An operation like this one, without its inputs. */
  PlanNode copy(int newId) {
    PlanNode n = op(newId, origin, path);
    if (lowered != null) {
      n.lower(lowered);
    }
    n.changed = changed;
    return n;
  }

  /** A node that takes part of what the operation of {@code of} does. */
  static PlanNode lowered(PlanNode of, Lowered as) {
    PlanNode n = op(of.id(), of.origin(), of.path());
    n.lower(as);
    return n;
  }

  /** Has this be another operation than the user's graph says. */
  void lower(Lowered as) {
    lowered = as;
    standsFor = as.standsFor();
    outputTypes = standsFor.stream().map(Output::dtype).toList();
  }

  /** Says that shapes may turn out to be others than the graph says. */
  void openShapes() {
    hasOpenShapes = true;
  }

  boolean hasOpenShapes() {
    return hasOpenShapes;
  }

  /** A value given from outside, in the place of {@code fed}. */
  static PlanNode feed(int id, Output fed, int feed) {
    return new PlanNode(id, Kind.FEED, fed.op(), "", List.of(fed), null, feed, List.of());
  }

  static PlanNode constant(int id, Operation origin, TensorValue value) {
    return new PlanNode(id, Kind.CONSTANT, origin, "", null, value, -1, List.of());
  }

  /**
   * A node that runs bodies.
   *
   * @param standsFor what each output is in the user's graph
   */
  static PlanNode structured(
      int id, Kind kind, Operation origin, String path, List<Output> standsFor, List<Body> bodies) {
    return new PlanNode(
        id, kind, origin, path, List.copyOf(standsFor), null, -1, List.copyOf(bodies));
  }

  /** The place in the order of creation; nodes that passes make come last. */
  int id() {
    return id;
  }

  /** Gives the node another place in the order of creation. */
  void setId(int i) {
    id = i;
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

  /** Whether this runs bodies. */
  boolean isStructured() {
    return !bodies.isEmpty();
  }

  /**
   * Whether this may have to wait for what others do, in this run or in another: it is a stage of
   * its own, and what else there is goes on meanwhile.
   */
  boolean mayWait() {
    return isStructured()
        ? bodies.stream().anyMatch(Body::mayWait)
        : kind == Kind.OP && ReferenceKernels.findWaiting(type()) != null;
  }

  /** Whether this is no part of a segment, but runs after the one that has its number. */
  boolean isStage() {
    return isStructured() || mayWait();
  }

  /** What this runs: the sides of a branch, a loop's condition and body, what is called. */
  List<Body> bodies() {
    return bodies;
  }

  /**
   * A node in the place of this one that runs the same bodies.
   *
   * @param outputs the numbers of the outputs that it keeps
   */
  PlanNode withOutputs(List<Integer> outputs) {
    return withOutputs(outputs.stream().map(standsFor::get).toList(), bodies);
  }

  /** A node in the place of this one, with other outputs and bodies, and without inputs. */
  PlanNode withOutputs(List<Output> outputs, List<Body> bodies) {
    PlanNode n = structured(id, kind, origin, path, outputs, bodies);
    n.controlInputs.addAll(controlInputs);
    n.orderInputs.addAll(orderInputs);
    return n;
  }

  /**
   * Whether input 0 of a branch is the number of the side; else it is a truth value, and the sides
   * are those of false and true.
   */
  boolean choosesByNumber() {
    return kind == Kind.BRANCH && origin.type().equals("Case");
  }

  /** The operation that this node is, or was made from. */
  Operation origin() {
    return origin;
  }

  String name() {
    return origin.name();
  }

  /** The name with those of the calls around it: what state belongs to. */
  String pathName() {
    return path.isEmpty() ? name() : path + name();
  }

  String path() {
    return path;
  }

  /** What an output is in the user's graph; not for constants. */
  Output standsFor(int i) {
    return standsFor.get(i);
  }

  /** The op type; names of their own for what is no operation. */
  String type() {
    if (lowered != null) {
      return lowered.type();
    }
    return switch (kind) {
      case OP -> origin.type();
      case FEED -> "_Feed";
      case CONSTANT -> "Const";
      case BRANCH -> "_Branch";
      case LOOP -> "_Loop";
      case CALL -> "_Call";
    };
  }

  OpDef def() {
    return lowered != null ? lowered.def() : origin.def();
  }

  Attrs attrs() {
    return lowered != null ? lowered.attrs() : changed != null ? changed : origin.attrs();
  }

  /** Has an operation's attribute be another than the user's graph says. */
  void setAttr(String name, AttrValue v) {
    changed = attrs().with(name, v);
  }

  List<DataType> outputTypes() {
    return outputTypes;
  }

  int numOutputs() {
    return outputTypes.size();
  }

  /** What the graph knows of output {@code i}'s shape. */
  Shape staticShape(int i) {
    if (hasOpenShapes && outputTypes.get(i) != DataType.RESOURCE) {
      return Shape.unknown();
    }
    return kind == Kind.CONSTANT ? value.shape() : standsFor.get(i).shape();
  }

  /** What the graph knows behind output {@code i}, a handle or list; null where nothing is. */
  HandleData handle(int i) {
    return kind == Kind.CONSTANT ? null : standsFor.get(i).handleData();
  }

  /** A constant's value. */
  TensorValue value() {
    return value;
  }

  /** A feed's number. */
  int feedNumber() {
    return feed;
  }

  void setFeedNumber(int k) {
    feed = k;
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
    return kind == Kind.OP && (lowered != null || def().isStateful());
  }

  /**
   * Whether running this changes something: a variable, a stream of random numbers, the outside.
   */
  boolean hasEffect() {
    if (lowered != null) {
      return lowered.hasEffect();
    }
    if (isStructured()) {
      return bodies.stream().anyMatch(Body::hasEffect);
    }
    return isStateful()
        && !VariableHandles.isHandle(this)
        && !VariableAccess.READS.contains(type());
  }

  /** Whether passes may compute this away: no state, no effect, nothing random. */
  boolean isPure() {
    return kind == Kind.OP
        && lowered == null
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
