package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;

/**
 * A convolution of floats, or a gradient of one, by oneDNN: of every kind, in either format. The
 * batch is cut into parts; the filter's gradient is the sum of those of the parts, in their order.
 * Filters are brought into the layout that the library likes best at the beginning of every step,
 * or once where they are constant.
 */
@SuppressWarnings("VariableNameSameAsType") // the library's types have names in small letters
final class DnnlConv extends ParallelJob implements Step {
  private final ConvShape shape;
  private final WorkerPool pool;
  private final DnnlConvPrimitive[] primitives;
  private final int parts;
  private final Worker[] workers;
  private final Region images;
  private final Region results;
  private final Dnnl.Operand filter;
  private final Region filterRegion;

  /** The filter, or its gradients, in the library's layout. */
  private final Dnnl.Buffer[] filters;

  private final Dnnl.Reorder reorder;
  private final boolean filterIsConstant;
  private final SumOfParts sum;
  private boolean filterIsReady;

  private DnnlConv(BindContext node, ConvShape shape, DnnlConvPrimitive[] primitives, int parts) {
    super(parts);
    this.shape = shape;
    this.pool = node.pool();
    this.primitives = primitives;
    this.parts = parts;
    boolean toFilter = shape.kind == ConvShape.Kind.TO_FILTER;
    boolean toInput = shape.kind == ConvShape.Kind.TO_INPUT;
    images = toInput ? node.output(0) : node.input(0);
    results = shape.kind == ConvShape.Kind.FORWARD ? node.output(0) : node.input(2);
    filterRegion = toFilter ? node.output(0) : node.input(1);
    filterIsConstant = !toFilter && node.constant(1) != null;
    filter = new Dnnl.Operand(DnnlConvPrimitive.filterDesc(shape));
    memory.desc layout = primitives[0].filterLayout();
    filters = new Dnnl.Buffer[toFilter ? parts : 1];
    for (int i = 0; i < filters.length; i++) {
      filters[i] = new Dnnl.Buffer(layout);
    }
    reorder =
        toFilter
            ? new Dnnl.Reorder(filters[0].memory, filter.memory)
            : new Dnnl.Reorder(filter.memory, filters[0].memory);
    sum = toFilter && parts > 1 ? new SumOfParts(node, filters) : null;
    workers = new Worker[Math.min(parts, pool.threads())];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker();
    }
  }

  /**
   * A step for the node.
   *
   * @param orNull whether to give null where the library has nothing but a plain loop for it
   */
  static Step bind(BindContext node, ConvShape shape, boolean orNull) {
    NativeThreads.prepare();
    int parts = ConvParts.count(shape);
    List<DnnlConvPrimitive> primitives = new ArrayList<>();
    primitives.add(new DnnlConvPrimitive(shape, ConvParts.size(shape.batch, parts, 0), null));
    if (orNull && primitives.get(0).isPlainLoop()) {
      return null;
    }
    int last = ConvParts.size(shape.batch, parts, parts - 1);
    if (last != primitives.get(0).batch) {
      primitives.add(new DnnlConvPrimitive(shape, last, primitives.get(0).filterLayout()));
    }
    return new DnnlConv(node, shape, primitives.toArray(DnnlConvPrimitive[]::new), parts);
  }

  /** What one thread at a time runs the primitives with. */
  private final class Worker {
    private final stream stream = new stream(Dnnl.engine());
    private final Dnnl.Operand[] images = new Dnnl.Operand[primitives.length];
    private final Dnnl.Operand[] results = new Dnnl.Operand[primitives.length];
    private final IntMemoryMap[][] args = new IntMemoryMap[primitives.length][filters.length];
    private final Dnnl.Buffer[] scratchpads = new Dnnl.Buffer[primitives.length];

    Worker() {
      for (int i = 0; i < primitives.length; i++) {
        DnnlConvPrimitive p = primitives[i];
        images[i] = new Dnnl.Operand(p.imagesDesc());
        results[i] = new Dnnl.Operand(p.resultsDesc());
        scratchpads[i] = new Dnnl.Buffer(p.scratchpadDesc());
        for (int f = 0; f < filters.length; f++) {
          args[i][f] = arguments(i, filters[f].memory);
        }
      }
    }

    private IntMemoryMap arguments(int i, memory filter) {
      IntMemoryMap m = new IntMemoryMap();
      boolean toInput = shape.kind == ConvShape.Kind.TO_INPUT;
      boolean toFilter = shape.kind == ConvShape.Kind.TO_FILTER;
      boolean forward = shape.kind == ConvShape.Kind.FORWARD;
      m.put(toInput ? dnnl.DNNL_ARG_DIFF_SRC : dnnl.DNNL_ARG_SRC, images[i].memory);
      m.put(forward ? dnnl.DNNL_ARG_DST : dnnl.DNNL_ARG_DIFF_DST, results[i].memory);
      m.put(toFilter ? dnnl.DNNL_ARG_DIFF_WEIGHTS : dnnl.DNNL_ARG_WEIGHTS, filter);
      m.put(dnnl.DNNL_ARG_SCRATCHPAD, scratchpads[i].memory);
      return m;
    }

    void run(int part) {
      int size = ConvParts.size(shape.batch, parts, part);
      int i = size == primitives[0].batch ? 0 : 1;
      long from = ConvParts.begin(shape.batch, parts, part);
      images[i].at(DnnlConv.this.images, from * shape.inSize() * Float.BYTES);
      results[i].at(DnnlConv.this.results, from * shape.outSize() * Float.BYTES);
      primitives[i].execute(stream, args[i][filters.length == 1 ? 0 : part]);
      stream._wait();
    }
  }

  @Override
  public void run() {
    try {
      NativeThreads.prepare();
      filter.at(filterRegion, 0);
      boolean toFilter = shape.kind == ConvShape.Kind.TO_FILTER;
      if (!toFilter && !(filterIsReady && filterIsConstant)) {
        reorder.run();
        filterIsReady = true;
      }
      if (parts == 1) {
        run(0, 0);
      } else {
        pool.run(this);
      }
      if (sum != null) {
        sum.run();
      }
      if (toFilter) {
        reorder.run();
      }
    } finally {
      Reference.reachabilityFence(this); // which holds the regions, and they their memory
    }
  }

  @Override
  protected void run(int chunk, int worker) {
    NativeThreads.prepare();
    workers[worker].run(chunk);
  }

  /** Adds all parts to the first one. */
  private static final class SumOfParts extends RangeStep {
    private final Dnnl.Buffer[] parts;
    private final Scratch scratch;

    SumOfParts(BindContext node, Dnnl.Buffer[] parts) {
      super(
          node.pool(),
          (int) (parts[0].region.size() / Float.BYTES),
          Scratch.BLOCK,
          0.15 * parts.length);
      this.parts = parts;
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      float[] sum = scratch.floats(worker, 0, Scratch.BLOCK);
      float[] part = scratch.floats(worker, 1, Scratch.BLOCK);
      for (int at = from; at < to; at += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, to - at);
        parts[0].region.floats().get(at, sum, 0, n);
        for (int p = 1; p < parts.length; p++) {
          parts[p].region.floats().get(at, part, 0, n);
          for (int i = 0; i < n; i++) {
            sum[i] += part[i];
          }
        }
        parts[0].region.floats().put(at, sum, 0, n);
      }
    }
  }
}
