package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A program of instructions on blocks. A block of each input is loaded where it is first needed,
 * and a block of each output is stored where it is made; what only instructions need stays in
 * blocks that the caches hold.
 */
final class FusedStep extends RangeStep {
  private static final int FEW_BLOCKS = 16;
  private static final Result[] NO_STORES = {};
  private static final FusedSum[] NO_SUMS = {};

  private final Scratch scratch;
  private final int block;
  private final FusedLayout layout;
  private final Operand[] loads;
  private final int[] loadRegisters;
  private final int[] loadedBefore; // by line: how many loads are done before it runs
  private final Instruction[] code;
  private final int[][] arguments; // registers
  private final int[] results; // registers
  private final Result[][] stores; // by line
  private final FusedSum[][] sumsOf; // by line
  private final FusedSum[] sums;
  private final Object[][] blocks; // by worker and register

  FusedStep(BindContext node, FusedGroup group, FusedCode code) {
    this(node, group, code, blockFor(group, code));
  }

  private FusedStep(BindContext node, FusedGroup group, FusedCode program, int block) {
    super(node.pool(), (int) group.shape().numElements(), block, cost(program.lines()));
    List<FusedCode.Line> lines = program.lines();
    int workers = node.pool().threads();
    this.scratch = node.scratch();
    this.block = block;
    this.layout = new FusedLayout(node, group.shape(), lines, block);
    this.loads = layout.loads();
    this.loadRegisters = layout.loadRegisters();
    this.loadedBefore = layout.loadedBefore();
    this.arguments = layout.arguments();
    this.results = layout.results();
    this.code = lines.stream().map(l -> l.op).toArray(Instruction[]::new);
    IdentityHashMap<FusedCode.Sum, FusedSum> bySum = new IdentityHashMap<>();
    List<FusedSum> all = new ArrayList<>();
    for (FusedCode.Sum s : program.sums()) {
      FusedSum sum = new FusedSum(s, node.output(s.output()), block, chunkCount(), workers);
      bySum.put(s, sum);
      all.add(sum);
    }
    this.sums = all.toArray(NO_SUMS);
    this.stores = new Result[code.length][];
    this.sumsOf = new FusedSum[code.length][];
    for (int i = 0; i < code.length; i++) {
      FusedCode.Line l = lines.get(i);
      stores[i] =
          l.stores.stream()
              .map(s -> Result.of(l.op.out, node.output(s.output()), s.walk()))
              .toArray(n -> n == 0 ? NO_STORES : new Result[n]);
      sumsOf[i] = l.sums.stream().map(bySum::get).toArray(n -> n == 0 ? NO_SUMS : new FusedSum[n]);
    }
    this.blocks = new Object[workers][layout.registers().count()];
  }

  private static double cost(List<FusedCode.Line> lines) {
    double ns = 0.1;
    for (FusedCode.Line l : lines) {
      ns += l.op.ns + 0.1 * l.stores.size() + 0.15 * l.sums.size();
    }
    return ns;
  }

  /**
   * Blocks of like size, as large as they may be; where they are few an even number of them, so
   * that two threads have as much to do.
   */
  private static int blockFor(FusedGroup group, FusedCode code) {
    int most = mostFor(group, code);
    long elements = group.shape().numElements();
    long blocks = (elements + most - 1) / most;
    if (blocks < 2 || blocks > FEW_BLOCKS) {
      return most;
    }
    long wanted = blocks + blocks % 2;
    int unit = unitFor(group, code);
    long units = (elements + unit - 1) / unit;
    return (int) Math.min(most, (units + wanted - 1) / wanted * unit);
  }

  /** The elements of a row that blocks hold whole; else a few that fill vectors. */
  private static int unitFor(FusedGroup group, FusedCode code) {
    int row = rowFor(group, code);
    return row == 0 ? 32 : row;
  }

  private static int mostFor(FusedGroup group, FusedCode code) {
    int row = rowFor(group, code);
    return row == 0 ? Scratch.BLOCK : Scratch.BLOCK / row * row;
  }

  /**
   * The run of the pieces, so that columns can be added, or the row that an operand repeats; 0 for
   * none, or for one that is too long.
   */
  private static int rowFor(FusedGroup group, FusedCode code) {
    Shape s = group.shape();
    long row = 0;
    for (FusedCode.Sum sum : code.sums()) {
      row = Math.max(row, sum.columns());
    }
    if (row == 0 && group.axis() >= 0) {
      row = s.sliceFrom(group.axis()).numElements();
    }
    for (FusedCode.Line l : code.lines()) {
      for (Object o : l.sources) {
        if (row == 0 && o instanceof FusedCode.Source source) {
          int p = source.walk().period();
          row = p > 1 && p <= Scratch.BLOCK ? p : 0;
        }
      }
    }
    return row <= Scratch.BLOCK && row < s.numElements() ? (int) row : 0;
  }

  @Override
  public void run() {
    super.run();
    for (FusedSum s : sums) {
      s.finish();
    }
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
    for (FusedSum s : sums) {
      s.begin(worker);
    }
    for (int at = from; at < to; at += block) {
      block(b, at, Math.min(block, to - at), worker);
    }
    for (FusedSum s : sums) {
      s.end(chunk, worker);
    }
    Arrays.fill(b, null);
  }

  private void block(Object[] b, int at, int n, int worker) {
    BlockTemps t = scratch.temps(worker);
    int load = 0;
    for (int i = 0; i < code.length; i++) {
      for (; load < loadedBefore[i]; load++) {
        loads[load].load(b[loadRegisters[load]], at, n, worker);
      }
      int[] a = arguments[i];
      Object z = b[results[i]];
      code[i].run(b[a[0]], b[a[1]], b[a[2]], z, n, t);
      for (Result r : stores[i]) {
        r.store(z, at, n);
      }
      for (FusedSum s : sumsOf[i]) {
        s.add(z, n, worker);
      }
    }
  }
}
