package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;
import java.nio.ByteBuffer;

/** Picks slices of a table that vectors of indices, input 1, name. */
final class GatherRows extends RangeStep {
  private final RowIndices rows;
  private final Region table;
  private final Variable variable;
  private final Region z;
  private final int bytes;

  /**
   * @param variable what the table is the memory of, and must have a value; null for none
   */
  GatherRows(BindContext node, Shape shape, Region table, Variable variable) {
    this(node, RowIndices.ofVectors(node, 1, shape), bytes(node, shape), table, variable);
  }

  private GatherRows(
      BindContext node, RowIndices rows, int bytes, Region table, Variable variable) {
    super(node.pool(), rows.count(), 1, 20 + bytes * 0.06);
    this.rows = rows;
    this.table = table;
    this.variable = variable;
    this.z = node.output(0);
    this.bytes = bytes;
  }

  private static int bytes(BindContext node, Shape shape) {
    int depth = (int) node.inputShape(1).dim(-1);
    return (int) shape.sliceFrom(depth).numElements() * node.outputType(0).size();
  }

  @Override
  public void run() {
    if (variable != null && !variable.isInitialized()) {
      throw variable.missing();
    }
    super.run();
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    ByteBuffer src = table.bytes();
    ByteBuffer dst = z.bytes();
    for (int i = from; i < to; i++) {
      int row = rows.row(i);
      if (row < 0) {
        throw rows.outOfRange(i);
      }
      if (bytes > 0) {
        dst.put(i * bytes, src, row * bytes, bytes);
      }
    }
  }
}
