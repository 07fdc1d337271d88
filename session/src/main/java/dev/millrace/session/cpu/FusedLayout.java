package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which registers the inputs and results of a program take, and when inputs are loaded. A register
 * is free again after the last line that needs its value, and that line's own result may take it.
 */
final class FusedLayout {
  private final BindContext node;
  private final Shape shape;
  private final int block;
  private final Registers registers = new Registers();
  private final List<Operand> loads = new ArrayList<>();
  private final List<Integer> loadRegisters = new ArrayList<>();
  private final int[] loadedBefore;
  private final int[][] arguments;
  private final int[] results;
  private final Map<Object, Integer> register = new HashMap<>(); // by Source or Line
  private final Map<Object, Integer> lastUse = new HashMap<>();
  private final Set<Object> kept = new HashSet<>();

  FusedLayout(BindContext node, Shape shape, List<FusedCode.Line> lines, int block) {
    this.node = node;
    this.shape = shape;
    this.block = block;
    this.loadedBefore = new int[lines.size()];
    this.arguments = new int[lines.size()][3];
    this.results = new int[lines.size()];
    for (int i = 0; i < lines.size(); i++) {
      lastUse.put(lines.get(i), i);
      for (Object s : lines.get(i).sources) {
        lastUse.put(s, i);
      }
    }
    for (FusedCode.Line l : lines) {
      loadKept(l);
    }
    for (int i = 0; i < lines.size(); i++) {
      assign(i, lines.get(i));
    }
  }

  /** Operands that fill their blocks once a chunk have registers of their own. */
  private void loadKept(FusedCode.Line line) {
    for (Object source : line.sources) {
      if (source instanceof FusedCode.Source s && !register.containsKey(s)) {
        int r = registers.take(s.lane());
        Operand o = operand(s, r);
        if (o.isKept()) {
          kept.add(s);
          add(s, r, o);
        } else {
          registers.release(r);
        }
      }
    }
  }

  private void assign(int i, FusedCode.Line line) {
    for (int k = 0; k < line.sources.length; k++) {
      Object source = line.sources[k];
      Integer r = register.get(source);
      if (r == null) {
        FusedCode.Source s = (FusedCode.Source) source;
        r = registers.take(s.lane());
        add(s, r, operand(s, r));
      }
      arguments[i][k] = r;
    }
    loadedBefore[i] = loads.size();
    for (Object source : new HashSet<>(List.of(line.sources))) {
      release(source, i);
    }
    results[i] = registers.take(line.op.out);
    register.put(line, results[i]);
    release(line, i);
  }

  private Operand operand(FusedCode.Source s, int r) {
    return Operand.of(
        s.lane(),
        node.input(s.input()),
        s.walk(),
        shape,
        registers.slot(r),
        block,
        node.scratch(),
        node.pool().threads());
  }

  private void add(FusedCode.Source s, int r, Operand o) {
    register.put(s, r);
    loads.add(o);
    loadRegisters.add(r);
  }

  private void release(Object source, int i) {
    if (lastUse.get(source) == i && !kept.contains(source)) {
      registers.release(register.get(source));
    }
  }

  Registers registers() {
    return registers;
  }

  /** The operands in the order of loading. */
  Operand[] loads() {
    return loads.toArray(new Operand[0]);
  }

  /** By load: the register that it fills. */
  int[] loadRegisters() {
    return loadRegisters.stream().mapToInt(Integer::intValue).toArray();
  }

  /** By line: how many loads are done before it runs. */
  int[] loadedBefore() {
    return loadedBefore;
  }

  /** By line: the registers of its operands. */
  int[][] arguments() {
    return arguments;
  }

  /** By line: the register of its result. */
  int[] results() {
    return results;
  }
}
