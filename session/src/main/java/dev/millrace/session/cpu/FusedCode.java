package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.FusedGroup.From;
import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.NodeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The instructions of a group in their order. A value that is wider than the group's shape is as
 * many pieces, each computed by itself; parting and joining only say which piece is whose. Some
 * instructions compute on the bits of floats: where one makes what another takes in the other form,
 * a line in between moves the bits.
 */
final class FusedCode {
  /** A piece of an input, before it is known in which lane it is needed. */
  private record Place(int input, Broadcast walk) {}

  /**
   * An input as an instruction sees it: several may see the same one in other lanes, or other
   * pieces of it.
   */
  record Source(int input, Lane lane, Broadcast walk) {}

  /** A piece of an output. */
  record Store(int output, Broadcast walk) {}

  /**
   * A reduction of results.
   *
   * @param columns how many results next to each other there are, one for each element of a row; 0
   *     if all elements go into one
   * @param at where the results lie in the output
   * @param count how many elements go into one
   */
  record Sum(int output, Reducer reducer, int columns, int at, int count) {}

  /** One instruction. */
  static final class Line {
    final Instruction op;

    /** By operand: a {@link Source}, or the line that makes it. */
    final Object[] sources;

    /** The places that take the result. */
    final List<Store> stores = new ArrayList<>();

    /** The reductions that the result goes into. */
    final List<Sum> sums = new ArrayList<>();

    Line(Instruction op, Object... sources) {
      this.op = op;
      this.sources = sources;
    }
  }

  private final FusedGroup group;
  private final List<Line> lines = new ArrayList<>();
  private final List<Sum> sums = new ArrayList<>();
  private final Map<Object, Line> moved = new HashMap<>();
  private final Object[][][] values; // by member, output and piece: a Line or Place

  private FusedCode(FusedGroup group) {
    this.group = group;
    this.values = new Object[group.members().size()][][];
  }

  /** The code of a group. */
  static FusedCode of(FusedGroup group) {
    FusedCode code = new FusedCode(group);
    for (int i = 0; i < code.values.length; i++) {
      code.add(i, group.members().get(i));
    }
    return code;
  }

  List<Line> lines() {
    return lines;
  }

  List<Sum> sums() {
    return sums;
  }

  private void add(int i, FusedGroup.Member m) {
    values[i] =
        switch (m.role().kind()) {
          case ELEMENT -> new Object[][] {element(m)};
          case PART -> part(m);
          case JOIN -> new Object[][] {join(m)};
          case REDUCE -> reduce(m);
        };
    if (m.role().is(FusedRole.Kind.REDUCE)) {
      return;
    }
    for (int o = 0; o < values[i].length; o++) {
      int output = m.outputs().get(o);
      for (int j = 0; j < values[i][o].length && output >= 0; j++) {
        Broadcast walk = walk(m.node().outputShape(o), j);
        line(values[i][o][j], Lane.moving(m.node().outputType(o).size()))
            .stores
            .add(new Store(output, walk));
      }
    }
  }

  private Broadcast walk(Shape of, int piece) {
    return walkFrom(of, piece * unit());
  }

  private Broadcast walkFrom(Shape of, long begin) {
    return Broadcast.of(of, group.shape(), group.axis(), begin);
  }

  private long unit() {
    return group.axis() < 0 ? 0 : group.shape().dim(group.axis());
  }

  private Object[] element(FusedGroup.Member m) {
    NodeSpec node = m.node();
    Instruction op = ((InstructionKernel) m.kernel()).instruction(node);
    Object[] pieces = new Object[group.pieces(node.outputShape(0))];
    for (int j = 0; j < pieces.length; j++) {
      Object[] sources = new Object[op.operands()];
      for (int k = 0; k < sources.length; k++) {
        sources[k] = inLane(piece(m.sources().get(k), op.shape(node, k), j), op.in(k));
      }
      pieces[j] = add(new Line(op, sources));
    }
    return pieces;
  }

  /** Piece {@code j} of what comes from there; a value of one piece repeats. */
  private Object piece(From from, Shape shape, int j) {
    if (from.member() < 0) {
      return new Place(from.index(), walk(shape, j));
    }
    Object[] pieces = values[from.member()][from.index()];
    return pieces[pieces.length == 1 ? 0 : j];
  }

  private Object[][] part(FusedGroup.Member m) {
    FusedRole role = m.role();
    From from = m.sources().get(0);
    Object[][] outputs = new Object[role.begins().size()][];
    for (int o = 0; o < outputs.length; o++) {
      long begin = role.begins().get(o);
      Object[] pieces = new Object[group.pieces(m.node().outputShape(o))];
      for (int j = 0; j < pieces.length; j++) {
        long at = begin + j * unit();
        pieces[j] =
            from.member() < 0
                ? new Place(from.index(), walkFrom(m.node().inputShape(role.first()), at))
                : values[from.member()][from.index()][(int) (at / unit())];
      }
      outputs[o] = pieces;
    }
    return outputs;
  }

  private Object[] join(FusedGroup.Member m) {
    List<Object> pieces = new ArrayList<>();
    for (int i = 0; i < m.sources().size(); i++) {
      Shape s = m.node().inputShape(m.role().first() + i);
      for (int j = 0; j < group.pieces(s); j++) {
        pieces.add(piece(m.sources().get(i), s, j));
      }
    }
    return pieces.toArray();
  }

  private Object[][] reduce(FusedGroup.Member m) {
    if (m.outputs().get(0) < 0) { // others wait for it, but nobody takes it
      return new Object[0][];
    }
    NodeSpec node = m.node();
    Shape s = node.inputShape(0);
    Reducer r = ReductionKernels.reducer(node.opType(), node.inputType(0));
    boolean all = m.role().axis() == s.rank();
    int columns = all ? 0 : (int) group.shape().sliceFrom(m.role().axis()).numElements();
    int count = (int) (s.numElements() / node.outputShape(0).numElements());
    Sum sum = null;
    for (int j = 0; j < group.pieces(s); j++) {
      if (j == 0 || !all) {
        sum = new Sum(m.outputs().get(0), r, columns, columns * j, count);
        sums.add(sum);
      }
      Object value = piece(m.sources().get(0), s, j);
      Line made = value instanceof Place ? line(value, r.lane) : (Line) inLane(value, r.lane);
      made.sums.add(sum);
    }
    return new Object[0][];
  }

  private Line add(Line line) {
    lines.add(line);
    return line;
  }

  private Object inLane(Object value, Lane lane) {
    if (value instanceof Place p) {
      return new Source(p.input(), lane, p.walk());
    }
    Line made = (Line) value;
    if (made.op.out == lane) {
      return made;
    }
    return moved.computeIfAbsent(made, m -> add(new Line(move(made.op.out, lane), made)));
  }

  /** The line that makes a value; one that copies it if it is an input. */
  private Line line(Object value, Lane lane) {
    if (value instanceof Line l) {
      return l;
    }
    Object source = inLane(value, lane);
    return moved.computeIfAbsent(source, s -> add(new Line(copy(lane), source)));
  }

  private static Instruction copy(Lane lane) {
    return new Instruction(lane, 0.05, lane) {
      @Override
      @SuppressWarnings("SuspiciousSystemArraycopy") // blocks of one lane are arrays of one type
      void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
        if (x != z) {
          System.arraycopy(x, 0, z, 0, n);
        }
      }
    };
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
