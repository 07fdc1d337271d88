package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.NodeSpec;
import java.util.Map;

/** A node with the shapes and values that a specialised segment knows. */
record ShapedNode(PlanNode node, Map<Edge, Shape> shapes, Map<Edge, TensorValue> known)
    implements NodeSpec {
  @Override
  public String opType() {
    return node.type();
  }

  @Override
  public String nodeName() {
    return node.name();
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
  public Shape inputShape(int i) {
    return shapes.get(node.inputs().get(i));
  }

  @Override
  public TensorValue constant(int i) {
    return known.get(node.inputs().get(i));
  }

  @Override
  public int outputCount() {
    return node.numOutputs();
  }

  @Override
  public DataType outputType(int i) {
    return node.outputTypes().get(i);
  }

  @Override
  public Shape outputShape(int i) {
    return shapes.get(new Edge(node, i));
  }

  /** Whether all inputs and outputs are dense and of known shape. */
  boolean isDense() {
    for (Edge e : node.inputs()) {
      if (!e.dtype().isDense() || shapes.get(e) == null) {
        return false;
      }
    }
    for (int i = 0; i < node.numOutputs(); i++) {
      if (!outputType(i).isDense() || outputShape(i) == null) {
        return false;
      }
    }
    return true;
  }
}
