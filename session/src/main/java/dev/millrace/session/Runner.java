package dev.millrace.session;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Nest;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NdArrays;
import dev.millrace.session.plan.Feed;
import dev.millrace.session.plan.FetchSink;
import dev.millrace.session.plan.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One run in the making: feeds, and then what to fetch or run.
 *
 * <pre>{@code
 * float l = session.feed(x, images).feed(y, labels).fetch(loss).getFloat(0);
 * session.feed(x, images).feed(y, labels).run(trainStep);
 * }</pre>
 *
 * <p>Values may be numbers, Java arrays, {@link TensorValue}s or ND4J arrays; they are copied when
 * the run begins. Any tensor can be fed, not only placeholders: what would compute it does not run
 * then.
 */
public final class Runner {
  private final Session session;
  private final List<Output> fed = new ArrayList<>(4);
  private final List<Feed> feeds = new ArrayList<>(4);
  private final List<Operation> targets = new ArrayList<>(2);
  private RunLimit limit; // null for none
  private RunMetadata metadata; // null unless the run is traced

  Runner(Session session) {
    this.session = session;
  }

  /**
   * Gives {@code x} a value for this run.
   *
   * @throws InvalidArgumentException if dtype or shape do not fit, or {@code x} is fed already
   */
  public Runner feed(Operand x, Object value) {
    Output o = session.own(x.asOutput());
    if (fed.contains(o)) {
      throw new InvalidArgumentException("'" + o.name() + "' is fed twice");
    }
    feeds.add(Feeds.of(o, value));
    fed.add(o);
    return this;
  }

  /** Gives the tensor of that name, as {@code x} or {@code x:0}, a value for this run. */
  public Runner feed(String name, Object value) {
    return feed(session.graph().output(name), value);
  }

  /**
   * Gives every tensor of a structure ({@link Nest}), such as the state of a recurrent network, a
   * value for this run.
   *
   * @param values as many as the structure has tensors, from left to right; {@link
   *     Fetches#values(Object)} gives them so
   */
  public Runner feedAll(Object structure, List<?> values) {
    List<Operand> tensors = operands(structure);
    if (tensors.size() != values.size()) {
      throw new InvalidArgumentException(
          "a structure of "
              + tensors.size()
              + " tensors cannot be fed with "
              + values.size()
              + " values: "
              + structure);
    }
    for (int i = 0; i < tensors.size(); i++) {
      feed(tensors.get(i), values.get(i));
    }
    return this;
  }

  /** The tensors of a structure, from left to right. */
  static List<Operand> operands(Object structure) {
    List<Operand> tensors = new ArrayList<>();
    for (Object leaf : Nest.flatten(structure)) {
      if (!(leaf instanceof Operand x)) {
        throw new InvalidArgumentException(
            "only tensors can be fed and fetched, not "
                + leaf
                + ", a "
                + leaf.getClass().getSimpleName());
      }
      tensors.add(x);
    }
    return tensors;
  }

  /** Runs {@code target} too: an operation, or the operation of a tensor. */
  public Runner target(Object target) {
    targets.add(session.target(target));
    return this;
  }

  /**
   * Limits the time of the run: one that waits on a queue or loops for longer ends with a {@link
   * dev.millrace.graph.DeadlineExceededException}.
   *
   * @throws InvalidArgumentException unless the time is positive
   */
  public Runner timeout(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new InvalidArgumentException("a time limit must be positive, not " + time);
    }
    limit().timeout(time);
    return this;
  }

  /**
   * Lets {@code c} end the run while it waits on a queue or loops: it fails with a {@link
   * dev.millrace.graph.CancelledException} then.
   */
  public Runner cancelledBy(Cancellation c) {
    limit().cancelledBy(c);
    return this;
  }

  /** Applies options that need no metadata: see {@link #options(RunOptions, RunMetadata)}. */
  public Runner options(RunOptions options) {
    return options(options, null);
  }

  /**
   * Applies the options of the run; a trace that they ask for goes into {@code into}, beside those
   * that are there:
   *
   * <pre>{@code
   * RunMetadata metadata = new RunMetadata();
   * session.feed(x, images).options(RunOptions.trace(), metadata).run(train);
   * System.out.println(metadata.trace().table());
   * }</pre>
   *
   * @throws InvalidArgumentException if a trace is asked for and {@code into} is null
   */
  public Runner options(RunOptions options, RunMetadata into) {
    metadata = options.traced(into);
    return options.timeout() == null ? this : timeout(options.timeout());
  }

  private RunLimit limit() {
    if (limit == null) {
      limit = new RunLimit();
    }
    return limit;
  }

  /** Runs, and gives the value of {@code x}. */
  public INDArray fetch(Operand x) {
    ArraySink sink = new ArraySink();
    execute(List.of(x.asOutput()), sink);
    return sink.array;
  }

  /** As {@link #fetch(Operand)}, by name. */
  public INDArray fetch(String name) {
    return fetch(session.graph().output(name));
  }

  /** Runs, and gives the values of all these, from one run. */
  public Fetches fetch(Operand first, Operand... more) {
    List<Operand> all = new ArrayList<>();
    all.add(first);
    all.addAll(List.of(more));
    return fetch(all);
  }

  /** Runs, and gives the values of all these, from one run. */
  public Fetches fetch(List<? extends Operand> xs) {
    List<Output> outputs = xs.stream().map(Operand::asOutput).toList();
    ValueSink sink = new ValueSink(outputs.size());
    execute(outputs, sink);
    return new Fetches(outputs, sink.values);
  }

  /**
   * Runs, and gives the values of all tensors in these structures ({@link Nest}), from one run:
   *
   * <pre>{@code
   * Fetches f = session.feedAll(before, values).fetchAll(loss, after);
   * values = f.values(after);
   * }</pre>
   */
  public Fetches fetchAll(Object... structures) {
    return fetch(operands(Arrays.asList(structures)));
  }

  /** Runs, and gives the value of {@code x} on the heap, for any dtype. */
  public TensorValue fetchValue(Operand x) {
    ValueSink sink = new ValueSink(1);
    execute(List.of(x.asOutput()), sink);
    return sink.values[0];
  }

  /** As {@link #fetchValue(Operand)}, by name. */
  public TensorValue fetchValue(String name) {
    return fetchValue(session.graph().output(name));
  }

  /**
   * Runs these for their effects: operations, tensors whose operations are meant, or operations'
   * names.
   */
  public void run(Object... more) {
    for (Object t : more) {
      target(t);
    }
    execute(List.of(), null);
  }

  /**
   * Tells how a run with these feeds and targets, and with these fetches, is executed, without
   * running it: the steps in order, with their kernels, which nodes are fused and which fell back
   * to reference kernels and why, where every value lies, and what each step costs. What loops and
   * branches run is indented. Where shapes are only known in the run, the steps that ran last are
   * told, if the run has been made before.
   *
   * <pre>{@code
   * System.out.println(session.feed(x, images).feed(y, labels).target(train).explain(loss));
   * }</pre>
   */
  public String explain(Operand... fetches) {
    List<Output> outputs = new ArrayList<>();
    for (Operand x : fetches) {
      outputs.add(session.own(x.asOutput()));
    }
    return session.explain(
        new Signature(fed, outputs, targets), feeds.stream().map(Feed::shape).toList());
  }

  private void execute(List<Output> fetches, FetchSink sink) {
    for (Output f : fetches) {
      session.own(f);
    }
    session.execute(new Signature(fed, fetches, targets), feeds, sink, limit, metadata);
  }

  /** Takes one fetch as an ND4J array. */
  private static final class ArraySink implements FetchSink {
    private INDArray array;

    @Override
    public void dense(int k, DataType dtype, Shape shape, Region memory) {
      array = NdArrays.copyOf(dtype, shape, memory);
    }

    @Override
    public void value(int k, TensorValue value) {
      array = NdArrays.copyOf(value);
    }
  }

  /** Takes fetches as values on the heap. */
  private static final class ValueSink implements FetchSink {
    private final TensorValue[] values;

    ValueSink(int n) {
      values = new TensorValue[n];
    }

    @Override
    public void dense(int k, DataType dtype, Shape shape, Region memory) {
      values[k] = HeapCopies.load(dtype, shape, memory);
    }

    @Override
    public void value(int k, TensorValue value) {
      values[k] = value.copy(); // it may be a constant of the graph's, or a feed
    }
  }
}
