package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;

/** One instruction of two operands that broadcast. */
final class BinaryStep extends RangeStep {
  private final Binary op;
  private final Operand x;
  private final Operand y;
  private final Region z;
  private final Scratch scratch;
  private final int block;

  /** A step of that node whose inputs are taken to be of shapes {@code left} and {@code right}. */
  BinaryStep(BindContext node, Binary op, Shape left, Shape right) {
    this(node, op, left, right, Operand.blockFor(node.outputShape(0), left, right));
  }

  private BinaryStep(BindContext node, Binary op, Shape left, Shape right, int block) {
    super(node.pool(), (int) node.outputShape(0).numElements(), block, op.ns + 0.15);
    this.op = op;
    this.block = block;
    this.x = operand(node, 0, left);
    this.y = operand(node, 1, right);
    this.z = node.output(0);
    this.scratch = node.scratch();
  }

  private Operand operand(BindContext node, int i, Shape shape) {
    return Operand.of(
        op.in,
        node.input(i),
        shape,
        node.outputShape(0),
        i,
        block,
        node.scratch(),
        node.pool().threads());
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    Object a = x.begin(worker);
    Object b = y.begin(worker);
    Object c = op.out.block(scratch, worker, 2, Scratch.BLOCK);
    BlockTemps t = scratch.temps(worker);
    for (int at = from; at < to; at += block) {
      int n = Math.min(block, to - at);
      x.load(a, at, n, worker);
      y.load(b, at, n, worker);
      op.run(a, b, c, n, t);
      op.out.put(z, at, c, 0, n);
    }
  }
}
