package dev.millrace.session.cpu;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.WorkerPool;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** A node with memory for its inputs and outputs, which have guard bytes around them. */
final class BoundKernel implements BindContext {
  private static final int GUARD = 256;
  private static final byte GUARD_BYTE = (byte) 0xA5;

  private final KernelNode node;
  private final WorkerPool pool;
  private final Scratch scratch;
  private final SessionState state = new SessionState();
  private final Variable[] variables;
  private final Region[] in;
  private final Region[] out;
  private final List<Region> guarded = new ArrayList<>();
  private final Step step;

  /**
   * @param overwritten the input whose memory output {@code by} has, or -1
   */
  BoundKernel(KernelNode node, WorkerPool pool, int overwritten, int by) {
    this(node, pool, overwritten, by, FastKernels.find(node)::bind);
  }

  /**
   * As the other one.
   *
   * @param way makes the step; need not be the one that would be chosen
   */
  BoundKernel(
      KernelNode node, WorkerPool pool, int overwritten, int by, Function<BindContext, Step> way) {
    this.node = node;
    this.pool = pool;
    this.scratch = new Scratch(pool.threads());
    this.variables = node.newVariables();
    this.in = new Region[node.inputCount()];
    this.out = new Region[node.outputCount()];
    for (int i = 0; i < in.length; i++) {
      if (!node.isVariable(i)) {
        in[i] = new Region();
        place(in[i], HeapCopies.byteSize(node.inputType(i), node.inputShape(i)));
      }
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = new Region();
      if (i == by) {
        out[i].bind(in[overwritten]);
      } else {
        place(out[i], HeapCopies.byteSize(node.outputType(i), node.outputShape(i)));
      }
    }
    this.step = way.apply(this);
  }

  /** Binds a region to new memory with guards before and behind it. */
  private void place(Region r, long bytes) {
    NativeMemory m = NativeMemory.allocate(bytes + 2 * GUARD);
    Region all = m.region(0, bytes + 2 * GUARD);
    for (int i = 0; i < all.size(); i++) {
      all.bytes().put(i, GUARD_BYTE);
    }
    r.bind(m.region(GUARD, bytes));
    guarded.add(all);
  }

  static boolean mayOverwrite(KernelNode node, int input, int output) {
    FastKernel k = FastKernels.find(node);
    return !node.isVariable(input)
        && HeapCopies.byteSize(node.inputType(input), node.inputShape(input))
            == HeapCopies.byteSize(node.outputType(output), node.outputShape(output))
        && k.mayOverwrite(node, input, output);
  }

  /** Copies the inputs in. */
  BoundKernel feed() {
    for (int i = 0; i < in.length; i++) {
      if (in[i] != null) {
        HeapCopies.store(node.value(i), in[i]);
      }
    }
    return this;
  }

  /** Moves every input and output to other memory, as fed arrays do. */
  BoundKernel rebind() {
    for (int i = 0; i < in.length; i++) {
      if (in[i] != null) {
        place(in[i], in[i].size());
      }
    }
    for (Region r : out) {
      place(r, r.size());
    }
    return this;
  }

  /** The step itself. */
  Step step() {
    return step;
  }

  /** Runs the step and checks the guards. */
  BoundKernel run() {
    step.run();
    for (Region all : guarded) {
      for (int i = 0; i < GUARD; i++) {
        if (all.bytes().get(i) != GUARD_BYTE
            || all.bytes().get((int) all.size() - 1 - i) != GUARD_BYTE) {
          throw new AssertionError("the step wrote outside its memory: " + node);
        }
      }
    }
    return this;
  }

  /** The outputs, and after them what the variables hold. */
  List<TensorValue> results() {
    List<TensorValue> all = new ArrayList<>();
    for (int i = 0; i < out.length; i++) {
      all.add(HeapCopies.load(node.outputType(i), node.outputShape(i), out[i]));
    }
    for (Variable v : variables) {
      if (v != null) {
        all.add(v.read());
      }
    }
    return all;
  }

  @Override
  public Region input(int i) {
    return in[i];
  }

  @Override
  public Region output(int i) {
    return out[i];
  }

  @Override
  public Variable variable(int i) {
    return variables[i];
  }

  @Override
  public <T> T nodeState(Class<T> kind, Supplier<T> make) {
    return state.nodeState("node", kind, make);
  }

  @Override
  public WorkerPool pool() {
    return pool;
  }

  @Override
  public Scratch scratch() {
    return scratch;
  }

  @Override
  public String opType() {
    return node.opType();
  }

  @Override
  public String nodeName() {
    return node.nodeName();
  }

  @Override
  public Attrs attrs() {
    return node.attrs();
  }

  @Override
  public int inputCount() {
    return node.inputCount();
  }

  @Override
  public DataType inputType(int i) {
    return node.inputType(i);
  }

  @Override
  public Shape inputShape(int i) {
    return node.inputShape(i);
  }

  @Override
  public TensorValue constant(int i) {
    return node.constant(i);
  }

  @Override
  public int outputCount() {
    return node.outputCount();
  }

  @Override
  public DataType outputType(int i) {
    return node.outputType(i);
  }

  @Override
  public Shape outputShape(int i) {
    return node.outputShape(i);
  }
}
