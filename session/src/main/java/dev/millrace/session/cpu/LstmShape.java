package dev.millrace.session.cpu;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.memory.Region;

/**
 * The sizes of a fused LSTM, over time or of one step, and what its attributes say. The inputs from
 * {@code first} on are x, cs_prev, h_prev, w, wci, wcf, wco and b.
 *
 * @param first 1 where the number of steps comes before x
 * @param time the steps that x has
 */
record LstmShape(int first, int time, int batch, int inputs, int units, Attrs attrs) {
  static LstmShape of(NodeSpec node) {
    boolean overTime = node.opType().startsWith("Block");
    int first = overTime ? 1 : 0;
    Shape x = node.inputShape(first);
    return new LstmShape(
        first,
        overTime ? (int) x.dim(0) : 1,
        (int) x.dim(-2),
        (int) x.dim(-1),
        (int) node.inputShape(first + 1).dim(-1),
        node.attrs());
  }

  /** Whether the node is of floats and has matrices that these kernels can address. */
  static boolean isSupported(NodeSpec node) {
    LstmShape s = of(node);
    long rows = (long) s.time * s.batch;
    long widest = Math.max(4L * s.units, (long) s.inputs + s.units);
    if (node.outputType(0) != DataType.FLOAT32
        || Math.max(rows, s.rows()) * widest > Integer.MAX_VALUE / Float.BYTES) {
      return false;
    }
    // The definition leaves open whether the results that a gradient is given fit.
    boolean overTime = s.first == 1;
    Shape state = Shape.matrix(s.batch, s.units);
    Shape want = overTime ? Shape.vector(s.time).concat(state) : state;
    for (int i = s.first + 8; i < node.inputCount(); i++) {
      if (!node.inputShape(i).equals(want)) {
        return false;
      }
    }
    return true;
  }

  /** The numbers of a state. */
  int size() {
    return batch * units;
  }

  /** The columns of w. */
  int columns() {
    return 4 * units;
  }

  /** The rows of w. */
  int rows() {
    return inputs + units;
  }

  /** The column of w at which the gate of the candidate begins. */
  int candidateAt(boolean forgetFirst) {
    return forgetFirst ? 2 * units : units;
  }

  /** The column of w at which the forget gate begins. */
  int forgetAt(boolean forgetFirst) {
    return forgetFirst ? units : 2 * units;
  }

  boolean peephole() {
    return attrs.getBool("use_peephole");
  }

  float forgetBias() {
    return attrs.has("forget_bias") ? attrs.getFloat("forget_bias") : 0;
  }

  /** Where the memory is clipped; not if this is not positive. */
  float clip() {
    return attrs.has("cell_clip") ? attrs.getFloat("cell_clip") : 0;
  }

  /** The steps to compute, which the region holds where it is not null. */
  int steps(Region seqLenMax) {
    if (seqLenMax == null) {
      return 1;
    }
    long steps = seqLenMax.longs().get(0);
    if (steps < 0 || steps > time) {
      throw new InvalidArgumentException(
          "seq_len_max must be between 0 and " + time + ", the steps of x, but is " + steps);
    }
    return (int) steps;
  }
}
