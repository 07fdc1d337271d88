package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.NodeSpec;

/** An element-wise node as one instruction on blocks, of one to three operands. */
abstract class Instruction {
  /** The lane of the result. */
  final Lane out;

  /** What an element takes in nanoseconds, roughly. */
  final double ns;

  private final Lane[] in;

  Instruction(Lane out, double ns, Lane... in) {
    this.out = out;
    this.ns = ns;
    this.in = in;
  }

  /** How many operands there are. */
  final int operands() {
    return in.length;
  }

  /** The lane of operand {@code i}. */
  final Lane in(int i) {
    return in[i];
  }

  /** The shape of a node's input {@code i} when its dimensions are aligned with the result's. */
  Shape shape(NodeSpec node, int i) {
    return node.inputShape(i);
  }

  /**
   * Computes {@code n} elements; {@code z} may be one of the operands of its lane.
   *
   * @param y null for one operand
   * @param w null for fewer than three
   */
  abstract void run(Object x, Object y, Object w, Object z, int n, BlockTemps t);

  static Instruction of(Unary op) {
    return new Instruction(op.out, op.ns, op.in) {
      @Override
      void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
        op.run(x, z, n, t);
      }
    };
  }

  static Instruction of(Binary op) {
    return new Instruction(op.out, op.ns, op.in, op.in) {
      @Override
      void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
        op.run(x, y, z, n, t);
      }
    };
  }
}
