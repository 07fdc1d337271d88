package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.Map;

/** Runs a node's shape function on the concrete shapes and known values of a specialisation. */
final class ConcreteShapes implements ShapeContext {
  private final PlanNode node;
  private final Map<Edge, Shape> shapes;
  private final Map<Edge, TensorValue> known;
  private final Shape[] outputs;

  private ConcreteShapes(PlanNode node, Map<Edge, Shape> shapes, Map<Edge, TensorValue> known) {
    this.node = node;
    this.shapes = shapes;
    this.known = known;
    this.outputs = new Shape[node.numOutputs()];
    Arrays.fill(outputs, Shape.unknown());
  }

  /**
   * The output shapes; null for those that are known only after the run.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the shapes do not fit the op
   */
  static Shape[] infer(PlanNode node, Map<Edge, Shape> shapes, Map<Edge, TensorValue> known) {
    ConcreteShapes c = new ConcreteShapes(node, shapes, known);
    node.def().shapeFn().infer(c);
    for (int i = 0; i < c.outputs.length; i++) {
      Shape claimed = node.staticShape(i);
      if (!c.outputs[i].isFullyDefined()) {
        c.outputs[i] = c.outputs[i].merge(claimed);
      }
      if (!c.outputs[i].isFullyDefined()) {
        c.outputs[i] = null;
      }
    }
    return c.outputs;
  }

  @Override
  public String opType() {
    return node.type();
  }

  @Override
  public Attrs attrs() {
    return node.attrs();
  }

  @Override
  public int inputCount() {
    return node.inputs().size();
  }

  @Override
  public DataType inputType(int i) {
    return node.inputs().get(i).dtype();
  }

  @Override
  public Shape input(int i) {
    Shape s = shapes.get(node.inputs().get(i));
    return s == null ? Shape.unknown() : s;
  }

  @Override
  public int outputCount() {
    return outputs.length;
  }

  @Override
  public DataType outputType(int i) {
    return node.outputTypes().get(i);
  }

  @Override
  public KnownInts ints(int i) {
    TensorValue v = constant(i);
    return v == null ? null : KnownInts.of(v);
  }

  @Override
  public TensorValue constant(int i) {
    return known.get(node.inputs().get(i));
  }

  @Override
  public HandleData handle(int i) {
    Edge e = node.inputs().get(i);
    return e.node().isConstant() ? null : e.node().handle(e.index());
  }

  @Override
  public void output(int i, Shape shape) {
    outputs[i] = shape;
  }

  @Override
  public void outputHandle(int i, HandleData data) {
    // Handles keep what the graph knows of them.
  }
}
