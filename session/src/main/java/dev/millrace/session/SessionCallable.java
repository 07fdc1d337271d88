package dev.millrace.session;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NdArrays;
import dev.millrace.session.plan.ExecutablePlan;
import dev.millrace.session.plan.FetchSink;
import dev.millrace.session.plan.Signature;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A run prepared once, for loops in which every microsecond counts: nothing is looked up, dense
 * ND4J arrays are read where they are, results go into arrays that the caller gives, and a call
 * allocates nothing.
 *
 * <pre>{@code
 * SessionCallable step = session.callable().feed(x).feed(y).fetch(loss).target(train).build();
 * for (...) {
 *   step.set(0, images).set(1, labels).call();
 *   float l = step.getFloat(0);
 * }
 * }</pre>
 *
 * <p>For one thread at a time; other threads make their own, which share the plan. An array that
 * was set must not be written to while the call goes on.
 */
public final class SessionCallable {
  private final Session session;
  private final Signature signature;
  private final ExecutablePlan plan;
  private final List<CallFeed> feeds;
  private final Result[] results;
  private final FetchSink sink = new Sink();
  private RunLimit limit; // null for none
  private RunMetadata metadata; // null unless calls are traced

  private SessionCallable(Session session, Signature signature) {
    this.session = session;
    this.signature = signature;
    this.plan = session.plan(signature);
    this.feeds = signature.feeds().stream().map(CallFeed::new).toList();
    this.results = new Result[signature.fetches().size()];
    for (int k = 0; k < results.length; k++) {
      results[k] = new Result();
    }
  }

  /** What one fetch left, and where the caller wants it. */
  private static final class Result {
    private double first = Double.NaN;
    private TensorValue value;
    private DataType scalarType; // of a result that is kept as its one number
    private Shape scalarShape;
    private Object into;
    private Region intoRegion;
  }

  /**
   * Gives feed number {@code k} (in the order of building) its value for the calls to come. Copied
   * at each call.
   *
   * @throws InvalidArgumentException if the number of values does not fit
   */
  public SessionCallable set(int k, float[] values) {
    return checked(k, values);
  }

  /** As {@link #set(int, float[])}. */
  public SessionCallable set(int k, double[] values) {
    return checked(k, values);
  }

  /** As {@link #set(int, float[])}. */
  public SessionCallable set(int k, int[] values) {
    return checked(k, values);
  }

  /** As {@link #set(int, float[])}. */
  public SessionCallable set(int k, long[] values) {
    return checked(k, values);
  }

  /**
   * Gives feed number {@code k} an ND4J array, which each call reads where it is if its elements
   * lie in row-major order.
   */
  public SessionCallable set(int k, INDArray values) {
    return checked(k, values);
  }

  /** Gives feed number {@code k} a value of any kind that {@link Runner#feed} takes. */
  public SessionCallable set(int k, Object value) {
    return checked(k, value);
  }

  private SessionCallable checked(int k, Object value) {
    Output to = signature.feeds().get(k);
    try {
      feeds.get(k).set(value);
    } catch (MillraceException e) {
      throw new InvalidArgumentException(
              "cannot feed '"
                  + to.name()
                  + "' ("
                  + to.dtype()
                  + to.shape()
                  + "): "
                  + e.getMessage(),
              e)
          .at(to.op());
    }
    return this;
  }

  /**
   * Has fetch number {@code k} copied into {@code to} (float[], double[], int[], long[] or INDArray
   * of its dtype and size) by each call.
   */
  public SessionCallable into(int k, Object to) {
    results[k].into = to;
    results[k].intoRegion = null;
    if (to instanceof INDArray a) {
      if (NdArrays.dense(a) != a) {
        throw new InvalidArgumentException("results go only into arrays in row-major order");
      }
      results[k].intoRegion = new Region();
      NdArrays.bind(results[k].intoRegion, a, NdArrays.dtype(a.dataType()));
    }
    return this;
  }

  /**
   * Applies options to the calls to come; traces that they ask for are summed up in {@code into}.
   * {@code options(new RunOptions(), null)} ends tracing.
   *
   * @throws InvalidArgumentException if a trace is asked for and {@code into} is null
   */
  public SessionCallable options(RunOptions options, RunMetadata into) {
    metadata = options.traced(into);
    limit = null;
    if (options.timeout() != null) {
      limit = new RunLimit();
      limit.timeout(options.timeout());
    }
    return this;
  }

  /**
   * Tells how calls are executed: see {@link Runner#explain}. Feeds that are not set yet count as
   * of the graph's shape.
   */
  public String explain() {
    List<Shape> shapes = new ArrayList<>();
    for (int k = 0; k < feeds.size(); k++) {
      Shape s = feeds.get(k).isSet() ? feeds.get(k).shape() : signature.feeds().get(k).shape();
      shapes.add(s.isFullyDefined() ? s : null);
    }
    return plan.describe(shapes);
  }

  /**
   * Runs once.
   *
   * @throws InvalidArgumentException if a feed has no value yet
   */
  public void call() {
    for (int k = 0; k < feeds.size(); k++) {
      if (!feeds.get(k).isSet()) {
        throw new InvalidArgumentException(
            "feed " + k + " ('" + signature.feeds().get(k).name() + "') has not been set");
      }
    }
    for (Result r : results) {
      r.first = Double.NaN;
      r.value = null;
      r.scalarType = null;
    }
    session.execute(plan, signature, feeds, sink, limit, metadata);
  }

  /** The first element of fetch number {@code k} of the last call, as a float. */
  public float getFloat(int k) {
    return (float) results[k].first;
  }

  /** The first element of fetch number {@code k} of the last call, as a double. */
  public double getDouble(int k) {
    return results[k].first;
  }

  /** Fetch number {@code k} of the last call; not for fetches that go {@link #into} an array. */
  public TensorValue value(int k) {
    Result r = results[k];
    if (r.value == null && r.scalarType != null) {
      r.value = scalar(r.scalarType, r.first).reshape(r.scalarShape);
    }
    if (r.value == null) {
      throw new InvalidArgumentException(
          "fetch " + k + " has no value: it goes into an array, or nothing was called yet");
    }
    return r.value;
  }

  private static TensorValue scalar(DataType dtype, double x) {
    return switch (dtype) {
      case FLOAT32 -> TensorValue.of((float) x);
      case FLOAT64 -> TensorValue.of(x);
      case INT32 -> TensorValue.of((int) x);
      default -> throw new InternalException("a scalar of " + dtype + " is not kept as a number");
    };
  }

  private final class Sink implements FetchSink {
    @Override
    public void dense(int k, DataType dtype, Shape shape, Region memory) {
      Result r = results[k];
      // An int64 may be more than a double holds.
      boolean scalar =
          shape.numElements() == 1
              && (dtype == DataType.FLOAT32
                  || dtype == DataType.FLOAT64
                  || dtype == DataType.INT32);
      if (shape.numElements() > 0) {
        r.first = first(dtype, memory);
      }
      if (r.into != null) {
        copyInto(r, dtype, shape, memory);
      } else if (scalar) {
        r.scalarType = dtype;
        r.scalarShape = shape;
      } else {
        r.value = HeapCopies.load(dtype, shape, memory);
      }
    }

    private static double first(DataType dtype, Region m) {
      return switch (dtype) {
        case FLOAT32 -> m.floats().get(0);
        case FLOAT64 -> m.doubles().get(0);
        case INT32 -> m.ints().get(0);
        case INT64 -> m.longs().get(0);
        default -> HeapCopies.load(dtype, Shape.scalar(), m).getDouble(0);
      };
    }

    private void copyInto(Result r, DataType dtype, Shape shape, Region m) {
      int n = (int) shape.numElements();
      if (r.intoRegion != null
          && NdArrays.dtype(((INDArray) r.into).dataType()) == dtype
          && r.intoRegion.size() == m.size()) {
        r.intoRegion.copyFrom(m);
      } else if (r.into instanceof float[] a && dtype == DataType.FLOAT32 && a.length == n) {
        m.floats().get(0, a, 0, n);
      } else if (r.into instanceof double[] a && dtype == DataType.FLOAT64 && a.length == n) {
        m.doubles().get(0, a, 0, n);
      } else if (r.into instanceof int[] a && dtype == DataType.INT32 && a.length == n) {
        m.ints().get(0, a, 0, n);
      } else if (r.into instanceof long[] a && dtype == DataType.INT64 && a.length == n) {
        m.longs().get(0, a, 0, n);
      } else {
        throw new InvalidArgumentException(
            "a fetch of "
                + dtype
                + shape
                + " does not go into a "
                + r.into.getClass().getSimpleName()
                + " of another dtype or size");
      }
    }

    @Override
    public void value(int k, TensorValue value) {
      Result r = results[k];
      if (value.size() > 0 && (value.dtype().isNumeric() || value.dtype() == DataType.BOOL)) {
        r.first = value.getDouble(0);
      }
      if (r.into == null) {
        r.value = value.copy(); // it may be a constant of the graph's, or a feed
      } else {
        ResultCopies.copy(value, r.into);
      }
    }
  }

  /** Collects what a callable feeds, fetches and runs. */
  public static final class Builder {
    private final Session session;
    private final List<Output> feeds = new ArrayList<>();
    private final List<Output> fetches = new ArrayList<>();
    private final List<Operation> targets = new ArrayList<>();

    Builder(Session session) {
      this.session = session;
    }

    /** The next feed. */
    public Builder feed(Operand x) {
      Output o = session.own(x.asOutput());
      if (feeds.contains(o)) {
        throw new InvalidArgumentException("'" + o.name() + "' is fed twice");
      }
      feeds.add(o);
      return this;
    }

    /** The next feed, by name. */
    public Builder feed(String name) {
      return feed(session.graph().output(name));
    }

    /** The next fetch. */
    public Builder fetch(Operand x) {
      fetches.add(session.own(x.asOutput()));
      return this;
    }

    /** The next fetch, by name. */
    public Builder fetch(String name) {
      return fetch(session.graph().output(name));
    }

    /** Runs {@code target} too: an operation, a tensor or a name. */
    public Builder target(Object target) {
      targets.add(session.target(target));
      return this;
    }

    /** The callable; its plan is made now. */
    public SessionCallable build() {
      return new SessionCallable(session, new Signature(feeds, fetches, targets));
    }
  }
}
