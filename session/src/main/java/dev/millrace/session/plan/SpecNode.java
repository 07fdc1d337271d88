package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.CellKernel;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.NodeSpec;
import java.util.List;

/** A node that a specialised segment executes: concrete shapes, chosen kernel, numbered slots. */
final class SpecNode implements NodeSpec {
  /** How a node is executed. */
  enum Action {
    /** Nothing is left to do: its outputs are views or handles, or it only orders others. */
    NONE,
    /** Looks at a variable's memory after checking that it has a value. */
    READ_VIEW,
    /** Copies a variable's value. */
    READ_COPY,
    FAST,
    /** A kernel on arrays, lists and stacks. */
    CELL,
    REFERENCE
  }

  private final PlanNode node;
  private final Slot[] inputs;
  private final Slot[] outputs;
  private Action action = Action.REFERENCE;
  private FastKernel kernel;
  private CellKernel cellKernel;
  private boolean[] lastUses; // by input
  private boolean[] used; // by output
  private List<PlanNode> members = List.of();
  private String type; // null where it is the node's
  private Attrs attrs; // null where they are the node's

  SpecNode(PlanNode node, Slot[] inputs, Slot[] outputs) {
    this.node = node;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * Several nodes as one.
   *
   * @param members the nodes in order
   */
  static SpecNode fused(List<PlanNode> members, Slot[] inputs, Slot[] outputs, FastKernel kernel) {
    SpecNode s = new SpecNode(members.get(members.size() - 1), inputs, outputs);
    s.setKernel(kernel);
    s.members = List.copyOf(members);
    return s;
  }

  /** Has this do another op than its node. */
  SpecNode as(String opType, Attrs ofOp) {
    type = opType;
    attrs = ofOp;
    return this;
  }

  /** The nodes that are fused into this one; empty for a single node. */
  List<PlanNode> members() {
    return members;
  }

  /** The node; of several fused ones the last. */
  PlanNode node() {
    return node;
  }

  Slot[] inputs() {
    return inputs;
  }

  Slot[] outputs() {
    return outputs;
  }

  Action action() {
    return action;
  }

  void setAction(Action a) {
    action = a;
  }

  FastKernel kernel() {
    return kernel;
  }

  void setKernel(FastKernel k) {
    kernel = k;
    action = Action.FAST;
  }

  CellKernel cellKernel() {
    return cellKernel;
  }

  void setKernel(CellKernel k) {
    cellKernel = k;
    action = Action.CELL;
  }

  /** Says which inputs nothing uses after this node, and which outputs are used at all. */
  void setUses(boolean[] lastUses, boolean[] used) {
    this.lastUses = lastUses;
    this.used = used;
  }

  boolean isLastUse(int input) {
    return lastUses[input];
  }

  boolean isUsed(int output) {
    return used[output];
  }

  /** Whether all inputs and outputs are such that a fast kernel can take them. */
  boolean isDense() {
    for (Slot s : inputs) {
      if (!s.hasMemory() && !s.isFixedVariable()) {
        return false;
      }
    }
    for (Slot s : outputs) {
      if (!s.hasMemory()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String opType() {
    return !members.isEmpty() ? "_Fused" : type != null ? type : node.type();
  }

  @Override
  public String nodeName() {
    return node.pathName();
  }

  @Override
  public Attrs attrs() {
    return attrs != null ? attrs : node.attrs();
  }

  @Override
  public int inputCount() {
    return inputs.length;
  }

  @Override
  public DataType inputType(int i) {
    return inputs[i].dtype();
  }

  @Override
  public Shape inputShape(int i) {
    return inputs[i].shape();
  }

  @Override
  public TensorValue constant(int i) {
    return inputs[i].constant();
  }

  @Override
  public int outputCount() {
    return outputs.length;
  }

  @Override
  public DataType outputType(int i) {
    return outputs[i].dtype();
  }

  @Override
  public Shape outputShape(int i) {
    return outputs[i].shape();
  }
}
