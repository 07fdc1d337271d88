package dev.millrace.session.plan;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.collections.SlabPool;
import dev.millrace.session.kernel.CellContext;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.memory.Region;

/** A specialised node as a kernel on cells sees it. */
final class CellNode extends BoundNode implements CellContext {
  private final SpecNode node;
  private final SegmentInstance instance;

  CellNode(SpecNode node, SegmentInstance instance, PlanResources resources) {
    super(node, instance, resources);
    this.node = node;
    this.instance = instance;
  }

  @Override
  public TensorValue cell(int i) {
    return instance.value(node.inputs()[i]);
  }

  @Override
  public boolean isLastUse(int i) {
    return node.isLastUse(i);
  }

  @Override
  public void setCell(int i, TensorValue value) {
    instance.setCell(node.outputs()[i], value);
  }

  @Override
  public Region result(int i, Shape shape) {
    requirePromised(i, shape);
    return instance.place(node.outputs()[i], shape);
  }

  private void requirePromised(int i, Shape shape) {
    Slot s = node.outputs()[i];
    Shape promised = s.shape() != null ? s.shape() : node.node().staticShape(i);
    if (!promised.isCompatibleWith(shape)) {
      throw new InvalidArgumentException(
          "output "
              + i
              + " turned out to be of shape "
              + shape
              + ", but the graph says "
              + promised);
    }
  }

  @Override
  public boolean lend(int i, Shape shape, Slab slab, long offset, long bytes) {
    Slot s = node.outputs()[i];
    if (s.hasMemory() && s.kind() != Slot.Kind.LENT) {
      return false;
    }
    requirePromised(i, shape);
    instance.lend(s, shape, slab, offset, bytes);
    return true;
  }

  @Override
  public boolean isUsed(int i) {
    return node.isUsed(i);
  }

  @Override
  public SlabPool slabs() {
    return instance.context().slabs();
  }
}
