package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FusedGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The instructions of a group in their order. Some instructions compute on the bits of floats:
 * where one makes what another takes in the other form, a line in between moves the bits.
 */
final class FusedCode {
  /**
   * An input as an instruction sees it: several may see the same one in other lanes, or aligned in
   * other ways.
   */
  record Source(int input, Lane lane, Shape shape) {}

  /** One instruction. */
  static final class Line {
    final Instruction op;

    /** By operand: a {@link Source}, or the line that makes it. */
    final Object[] sources;

    /** The number of the group's output that takes the result, or -1. */
    final int output;

    Line(Instruction op, Object[] sources, int output) {
      this.op = op;
      this.sources = sources;
      this.output = output;
    }
  }

  private final List<Line> lines = new ArrayList<>();
  private final Map<Line, Line> moved = new HashMap<>();

  private FusedCode() {}

  /** The lines of a group. */
  static List<Line> of(FusedGroup group) {
    FusedCode code = new FusedCode();
    Line[] results = new Line[group.members().size()];
    for (int i = 0; i < results.length; i++) {
      FusedGroup.Member m = group.members().get(i);
      Instruction op = ((InstructionKernel) m.kernel()).instruction(m.node());
      Object[] sources = new Object[op.operands()];
      for (int k = 0; k < sources.length; k++) {
        int s = m.sources()[k];
        sources[k] =
            s < 0
                ? code.inLane(results[-1 - s], op.in(k))
                : new Source(s, op.in(k), op.shape(m.node(), k));
      }
      results[i] = code.add(new Line(op, sources, m.output()));
    }
    return code.lines;
  }

  private Line add(Line line) {
    lines.add(line);
    return line;
  }

  private Line inLane(Line made, Lane lane) {
    if (made.op.out == lane) {
      return made;
    }
    return moved.computeIfAbsent(
        made, m -> add(new Line(move(m.op.out, lane), new Object[] {m}, -1)));
  }

  private static Instruction move(Lane from, Lane to) {
    return new Instruction(to, 0.15, from) {
      @Override
      void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
        if (from == Lane.F32) {
          t.bits((float[]) x, (int[]) z, n);
        } else if (from == Lane.F64) {
          t.bits((double[]) x, (long[]) z, n);
        } else if (to == Lane.F32) {
          t.floats((int[]) x, (float[]) z, n);
        } else {
          t.doubles((long[]) x, (double[]) z, n);
        }
      }
    };
  }
}
