package dev.millrace.session;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.PlanCounters;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.nd4j.Backend;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.plan.Compiler;
import dev.millrace.session.plan.CompilerOptions;
import dev.millrace.session.plan.ExecutablePlan;
import dev.millrace.session.plan.Feed;
import dev.millrace.session.plan.FetchSink;
import dev.millrace.session.plan.Signature;
import dev.millrace.session.pool.WorkerPool;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.trace.RunTrace;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs parts of a graph and keeps the state of its variables.
 *
 * <p>A run executes what its fetches and targets need, each operation at most once, and nothing
 * else. The first run with some set of feeds, fetches and targets compiles a plan; later ones use
 * it again.
 *
 * <p>Safe for concurrent use: runs go on side by side; every update of a variable is atomic, and
 * there is no isolation between the updates of concurrent runs. A run that fails leaves the session
 * usable.
 */
public class Session implements AutoCloseable {
  private final Graph graph;
  private final SessionOptions options;
  private final SessionState state = new SessionState();
  private final PlanCounters counters = new PlanCounters();
  private final WorkerPool pool;
  private final PlanCache plans;
  private final Verification verification; // null unless asked for
  private final AtomicLong running = new AtomicLong();
  private final RunControl end = new RunControl(); // of the runs that have none of their own
  private final Set<RunControl> endable = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** A session of {@code graph} with default options. */
  public Session(Graph graph) {
    this(graph, SessionOptions.plan());
  }

  public Session(Graph graph, SessionOptions options) {
    this.graph = graph;
    this.options = options;
    boolean reference = options.mode() == SessionOptions.Mode.REFERENCE;
    if (!reference) {
      FastKernels.prepare(); // first, for loading the backend takes time
    }
    Backend.init();
    pool = new WorkerPool(options.threads(), NativeThreads::prepare);
    PlanResources resources = new PlanResources(state, pool, options.checkNumbers(), counters);
    Compiler compiler =
        new Compiler(
            new CompilerOptions(
                options.cpus(),
                options.allowSoftPlacement(),
                options.logDevicePlacement(),
                options.simplify()));
    plans =
        new PlanCache(
            options.maxPlans(),
            s ->
                reference
                    ? compiler.compileReference(s, resources)
                    : compiler.compile(s, resources));
    verification =
        options.verify() && !reference
            ? new Verification(state, resources, compiler, options.maxPlans())
            : null;
  }

  public Graph graph() {
    return graph;
  }

  public SessionOptions options() {
    return options;
  }

  /** Begins a run with a feed: see {@link Runner#feed(Operand, Object)}. */
  public Runner feed(Operand x, Object value) {
    return runner().feed(x, value);
  }

  /** Begins a run with a feed, by name. */
  public Runner feed(String name, Object value) {
    return runner().feed(name, value);
  }

  /** Begins a run with feeds of a structure: see {@link Runner#feedAll}. */
  public Runner feedAll(Object structure, List<?> values) {
    return runner().feedAll(structure, values);
  }

  /** Begins a run without feeds. */
  public Runner runner() {
    requireOpen();
    return new Runner(this);
  }

  /** The value of {@code x}, in a run without feeds. */
  public INDArray fetch(Operand x) {
    return runner().fetch(x);
  }

  /** The value of the tensor of that name, in a run without feeds. */
  public INDArray fetch(String name) {
    return runner().fetch(name);
  }

  /** The values of all these, from one run without feeds. */
  public Fetches fetch(Operand first, Operand... more) {
    return runner().fetch(first, more);
  }

  /** The values of all tensors in these structures, from one run without feeds. */
  public Fetches fetchAll(Object... structures) {
    return runner().fetchAll(structures);
  }

  /** The value of {@code x} on the heap, in a run without feeds. */
  public TensorValue fetchValue(Operand x) {
    return runner().fetchValue(x);
  }

  /**
   * Runs these for their effects, without feeds: operations, tensors whose operations are meant, or
   * operations' names.
   */
  public void run(Object... targets) {
    runner().run(targets);
  }

  /**
   * Begins a callable: a run that is prepared once and then called many times without the costs of
   * looking it up.
   */
  public SessionCallable.Builder callable() {
    requireOpen();
    return new SessionCallable.Builder(this);
  }

  /** The plan of a run as text: see {@link Runner#explain}. */
  String explain(Signature signature, List<Shape> feeds) {
    requireOpen();
    return plans.get(signature).describe(feeds);
  }

  /** What this session has compiled so far, and the memory that its plans hold. */
  public PlanStatistics planStatistics() {
    return new PlanStatistics(counters.plans(), counters.specializations(), counters.arenaBytes());
  }

  // ---- for Runner, SessionCallable and Saver

  /**
   * What the session keeps, while {@code with} works on it: counted as a run, which {@link #close}
   * waits for.
   */
  void withState(Consumer<SessionState> with) {
    enter();
    try {
      with.accept(state);
    } finally {
      running.decrementAndGet();
    }
  }

  Output own(Output o) {
    if (o.graph() != graph) {
      throw new InvalidArgumentException(
          "'" + o.name() + "' is of another graph than the session's");
    }
    return o;
  }

  Operation target(Object t) {
    Operation op;
    if (t instanceof Operation o) {
      op = o;
    } else if (t instanceof Operand x) {
      op = x.asOutput().op();
    } else if (t instanceof String name) {
      op = graph.operation(name);
    } else {
      throw new InvalidArgumentException("a target is an operation, a tensor or a name, not " + t);
    }
    if (op.graph() != graph) {
      throw new InvalidArgumentException(
          "'" + op.name() + "' is of another graph than the session's");
    }
    return op;
  }

  /**
   * Runs once.
   *
   * @param limit what else may end the run; null for nothing
   * @param metadata takes a trace of the run; null for none
   */
  void execute(
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunLimit limit,
      RunMetadata metadata) {
    enter();
    try {
      traced(plans.get(signature), signature, feeds, sink, limit, metadata);
    } finally {
      running.decrementAndGet();
    }
  }

  private void traced(
      ExecutablePlan plan,
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunLimit limit,
      RunMetadata metadata) {
    if (metadata == null) {
      run(plan, signature, feeds, sink, limit, null);
      return;
    }
    RunTrace trace = metadata.trace().begin();
    try {
      run(plan, signature, feeds, sink, limit, trace);
    } finally {
      trace.end();
    }
  }

  private void run(
      ExecutablePlan plan,
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunLimit limit,
      RunTrace trace) {
    Duration time = options.operationTimeout();
    if (limit == null && time == null && !plan.mayWait()) {
      run(plan, signature, feeds, sink, end, trace);
      return;
    }
    RunControl control = limit == null ? RunLimit.control(time) : limit.begin(time);
    endable.add(control);
    try {
      if (closed) {
        control.stop(closing());
      }
      run(plan, signature, feeds, sink, control, trace);
    } finally {
      endable.remove(control);
      if (limit != null) {
        limit.end(control);
      }
    }
  }

  private void run(
      ExecutablePlan plan,
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunControl control,
      RunTrace trace) {
    if (verification != null) {
      verification.run(plan, signature, feeds, sink, control, trace);
    } else {
      plan.run(feeds, sink, control, trace);
    }
  }

  private static CancelledException closing() {
    return new CancelledException("the session has been closed");
  }

  /** A plan to be kept by a callable, which no cache evicts. */
  ExecutablePlan plan(Signature signature) {
    requireOpen();
    return plans.pin(signature);
  }

  /** As the other, of a plan that a callable keeps. */
  void execute(
      ExecutablePlan plan,
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunLimit limit,
      RunMetadata metadata) {
    enter();
    try {
      traced(plan, signature, feeds, sink, limit, metadata);
    } finally {
      running.decrementAndGet();
    }
  }

  private void enter() {
    running.incrementAndGet();
    if (closed) {
      running.decrementAndGet();
      requireOpen();
    }
  }

  /** Whether {@link #close} has been called. */
  public boolean isClosed() {
    return closed;
  }

  private void requireOpen() {
    if (closed) {
      throw new FailedPreconditionException("the session is closed");
    }
  }

  /**
   * Ends the runs that wait on queues and the like, and those in loops, with a {@link
   * CancelledException}; waits for the others; and frees the session's variables and memory.
   * Further runs throw.
   */
  @Override
  public void close() {
    synchronized (running) {
      if (closed) {
        return;
      }
      closed = true;
    }
    end.stop(closing());
    endable.forEach(c -> c.stop(closing()));
    while (running.get() > 0) {
      LockSupport.parkNanos(100_000);
    }
    plans.close();
    if (verification != null) {
      verification.close();
    }
    pool.close();
    state.clear();
  }
}
