package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;
import java.util.List;

/**
 * A program of instructions on blocks. A block of each input is loaded where it is first needed,
 * and a block of each output is stored where it is made; what only instructions need stays in
 * blocks that the caches hold.
 */
final class FusedStep extends RangeStep {
  private final Scratch scratch;
  private final int block;
  private final FusedLayout layout;
  private final Operand[] loads;
  private final int[] loadRegisters;
  private final int[] loadedBefore; // by line: how many loads are done before it runs
  private final Instruction[] code;
  private final int[][] arguments; // registers
  private final int[] results; // registers
  private final Region[] stores; // by line; null for none
  private final Object[][] blocks; // by worker and register

  FusedStep(BindContext node, FusedGroup group) {
    this(node, group, FusedCode.of(group));
  }

  private FusedStep(BindContext node, FusedGroup group, List<FusedCode.Line> lines) {
    this(node, group, lines, blockFor(group, lines));
  }

  private FusedStep(BindContext node, FusedGroup group, List<FusedCode.Line> lines, int block) {
    super(node.pool(), (int) group.shape().numElements(), block, cost(lines));
    this.scratch = node.scratch();
    this.block = block;
    this.layout = new FusedLayout(node, group.shape(), lines, block);
    this.loads = layout.loads();
    this.loadRegisters = layout.loadRegisters();
    this.loadedBefore = layout.loadedBefore();
    this.arguments = layout.arguments();
    this.results = layout.results();
    this.code = lines.stream().map(l -> l.op).toArray(Instruction[]::new);
    this.stores = new Region[code.length];
    for (int i = 0; i < code.length; i++) {
      stores[i] = lines.get(i).output < 0 ? null : node.output(lines.get(i).output);
    }
    this.blocks = new Object[node.pool().threads()][layout.registers().count()];
  }

  private static double cost(List<FusedCode.Line> lines) {
    double ns = 0.1;
    for (FusedCode.Line l : lines) {
      ns += l.op.ns + (l.output >= 0 ? 0.1 : 0);
    }
    return ns;
  }

  private static int blockFor(FusedGroup group, List<FusedCode.Line> lines) {
    Shape[] shapes =
        lines.stream()
            .flatMap(l -> Arrays.stream(l.sources))
            .filter(FusedCode.Source.class::isInstance)
            .map(s -> ((FusedCode.Source) s).shape())
            .toArray(Shape[]::new);
    return Operand.blockFor(group.shape(), shapes);
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    Object[] b = blocks[worker];
    Registers registers = layout.registers();
    for (int r = 0; r < b.length; r++) {
      b[r] = registers.lane(r).block(scratch, worker, registers.slot(r), Scratch.BLOCK);
    }
    for (Operand o : loads) {
      o.begin(worker);
    }
    BlockTemps t = scratch.temps(worker);
    for (int at = from; at < to; at += block) {
      int n = Math.min(block, to - at);
      int load = 0;
      for (int i = 0; i < code.length; i++) {
        for (; load < loadedBefore[i]; load++) {
          loads[load].load(b[loadRegisters[load]], at, n, worker);
        }
        int[] a = arguments[i];
        Object z = b[results[i]];
        code[i].run(b[a[0]], b[a[1]], b[a[2]], z, n, t);
        if (stores[i] != null) {
          code[i].out.put(stores[i], at, z, 0, n);
        }
      }
    }
    Arrays.fill(b, null);
  }
}
