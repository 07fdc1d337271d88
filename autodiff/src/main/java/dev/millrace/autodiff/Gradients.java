package dev.millrace.autodiff;

import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Symbolic gradients: adds to the graph the operations that compute the derivatives of the sum of
 * some tensors {@code ys} with respect to tensors or variables {@code xs}.
 *
 * <pre>{@code
 * Tensor dw = Gradients.gradient(loss, w);
 * List<Gradient> g = Gradients.of(loss, w, b);
 * List<Gradient> g = Gradients.builder(List.of(y), List.of(x)).stopGradients(List.of(z)).build();
 * }</pre>
 *
 * <p>Gradients flow through floating-point and complex tensors (and, for variables, through their
 * resource handles); integers and booleans cut them. The result can be differentiated again.
 */
public final class Gradients {
  private Gradients() {}

  /** What becomes of an {@code x} on which no {@code y} depends. */
  public enum Unconnected {
    /** Its gradient is {@link Gradient#disconnected()}. */
    NONE,
    /** Its gradient is zeros of its shape. */
    ZERO
  }

  /**
   * The gradients of the sum of {@code ys} with respect to each of {@code xs}, in their order.
   *
   * @throws InvalidArgumentException if a {@code y} is neither floating point nor complex, or an
   *     operation between has a gradient that is not defined
   * @throws NotFoundException if an operation between has no gradient function
   */
  public static List<Gradient> of(List<? extends Operand> ys, List<? extends Operand> xs) {
    return builder(ys, xs).build();
  }

  /** The gradients of the sum of {@code y} with respect to each of {@code xs}. */
  public static List<Gradient> of(Operand y, Operand... xs) {
    return builder(List.of(y), Arrays.asList(xs)).build();
  }

  /**
   * The gradient of the sum of {@code y} with respect to {@code x}, of {@code x}'s shape.
   *
   * @throws InvalidArgumentException if {@code y} does not depend on {@code x} through
   *     differentiable operations
   */
  public static Tensor gradient(Operand y, Operand x) {
    Gradient g = of(y, x).get(0);
    if (!g.isConnected()) {
      throw new InvalidArgumentException("there is no gradient: " + explainDisconnected(y, x));
    }
    return g.dense();
  }

  /**
   * A sentence that tells why there is no gradient of {@code y} with respect to {@code x}: that one
   * is not computed from the other, or what cuts the way between them. For messages.
   */
  public static String explainDisconnected(Operand y, Operand x) {
    String name = x instanceof Variable v ? v.name() : x.asOutput().name();
    return Disconnection.explain(
        y.asOutput(), differentiated(x), name, new GradientLookup(GradientRegistry.global()));
  }

  /**
   * The second derivatives of the sum of {@code ys} with respect to each of {@code xs}: for an x of
   * shape s a tensor of shape [s, s], whose rows a loop computes one after another. What {@code ys}
   * do not depend on has zeros.
   */
  public static List<Tensor> hessians(List<? extends Operand> ys, List<? extends Operand> xs) {
    return Hessians.of(ys, xs);
  }

  /** As {@link #hessians(List, List)}, of one y. */
  public static List<Tensor> hessians(Operand y, Operand... xs) {
    return Hessians.of(List.of(y), Arrays.asList(xs));
  }

  /** For gradients with options. */
  public static Builder builder(List<? extends Operand> ys, List<? extends Operand> xs) {
    return new Builder(ys, xs);
  }

  /**
   * The output that stands for {@code x} in the graph: a variable's handle, so that every read
   * counts.
   */
  private static Output differentiated(Operand x) {
    return x instanceof Variable v ? v.handle().asOutput() : x.asOutput();
  }

  /** The options of a call. */
  public static final class Builder {
    private final List<? extends Operand> ys;
    private final List<? extends Operand> xs;
    private List<? extends Operand> gradYs;
    private List<? extends Operand> stops = List.of();
    private AggregationMethod aggregation = AggregationMethod.ADD_N;
    private Unconnected unconnected = Unconnected.NONE;
    private boolean gated;
    private boolean colocated;
    private String name = "gradients";
    private GradientRegistry registry = GradientRegistry.global();

    private Builder(List<? extends Operand> ys, List<? extends Operand> xs) {
      if (ys.isEmpty() || xs.isEmpty()) {
        throw new InvalidArgumentException(
            "gradients need something to differentiate and something to differentiate by; got "
                + ys.size()
                + " ys and "
                + xs.size()
                + " xs");
      }
      this.ys = ys;
      this.xs = xs;
    }

    /**
     * The gradients of a final value with respect to {@code ys}, of their shapes and dtypes; ones
     * where null. Complex {@code ys} need it.
     */
    public Builder gradYs(List<? extends Operand> gradYs) {
      if (gradYs.size() != ys.size()) {
        throw new InvalidArgumentException(
            "there are " + ys.size() + " ys, but " + gradYs.size() + " gradYs");
      }
      this.gradYs = gradYs;
      return this;
    }

    /**
     * Tensors to take as constants: no gradient goes through them to what they are computed from.
     */
    public Builder stopGradients(List<? extends Operand> stops) {
      this.stops = stops;
      return this;
    }

    /** How gradients that come by several paths are summed. */
    public Builder aggregation(AggregationMethod method) {
      this.aggregation = method;
      return this;
    }

    /** What becomes of an {@code x} on which no {@code y} depends. */
    public Builder unconnected(Unconnected what) {
      this.unconnected = what;
      return this;
    }

    /**
     * Whether the gradients with respect to an operation's inputs are used only when all of them
     * are computed: not unless asked for.
     */
    public Builder gateGradients(boolean gate) {
      this.gated = gate;
      return this;
    }

    /** Whether gradients are placed with the operations that they are of: not unless asked for. */
    public Builder colocateGradientsWithOps(boolean colocate) {
      this.colocated = colocate;
      return this;
    }

    /** The name scope to build in; {@code gradients} unless given. */
    public Builder name(String scope) {
      this.name = scope;
      return this;
    }

    /** Where gradient functions are looked up; {@link GradientRegistry#global()} unless given. */
    public Builder registry(GradientRegistry registry) {
      this.registry = registry;
      return this;
    }

    /**
     * What stands for {@code x} in {@code graph}: in the body of a cond or loop, the parameter for
     * a tensor from outside; of a variable, those for its handle and for values read from it.
     */
    private static List<Output> inside(Graph graph, Operand x) {
      Output out = differentiated(x);
      if (graph.outer() == null || out.graph() == graph) {
        return List.of(out);
      }
      return x instanceof Variable
          ? graph.captured(from -> from.equals(out) || isRead(from, out))
          : List.of(graph.capture(out));
    }

    private static boolean isRead(Output x, Output handle) {
      Output read = x;
      while (read.op().type().equals("Identity")) {
        read = read.op().input(0);
      }
      return read.op().type().equals("ReadVariableOp") && read.op().input(0).equals(handle);
    }

    private static List<Output> flat(List<List<Output>> lists) {
      return lists.stream().flatMap(List::stream).toList();
    }

    /** Builds the gradients: {@link Gradients#of(List, List)} with these options. */
    public List<Gradient> build() {
      List<Output> from = ys.stream().map(Operand::asOutput).toList();
      Graph graph = from.get(0).graph();
      List<List<Output>> stands = xs.stream().map(x -> inside(graph, x)).toList();
      List<Output> to = flat(stands);
      List<Output> stopAt = flat(stops.stream().map(x -> inside(graph, x)).toList());
      for (Output y : from) {
        checkY(y);
      }
      for (List<Output> list : List.of(from, to, stopAt)) {
        for (Output t : list) {
          if (t.graph() != graph) {
            throw new InvalidArgumentException(
                "'" + t.name() + "' is of another graph than '" + from.get(0).name() + "'");
          }
        }
      }
      Ops tf = Ops.of(graph);
      try (Scope scope = graph.nameScope(name)) {
        GradientLookup lookup = new GradientLookup(registry);
        GradientSums sums = new GradientSums(tf, aggregation);
        Frames frames = Frames.isNeeded(graph) ? new Frames(graph) : null;
        Place place = frames == null ? null : Place.outside(tf, frames);
        if (place != null) {
          from.forEach(place::use);
          to.forEach(place::use);
        }
        GradientPaths paths =
            new GradientPaths(
                from, to, stopAt, lookup, frames, frames == null ? null : frames.root());
        if (frames != null) {
          SecondOrder.check(from, to, stopAt, lookup);
        }
        Backpropagation b =
            new Backpropagation(
                tf,
                lookup,
                paths,
                sums,
                new GradientCall(graph.currentNameScope()),
                gated,
                colocated,
                place);
        for (int i = 0; i < from.size(); i++) {
          if (paths.carries(from.get(i))) {
            try (Scope where = colocated ? graph.colocateWith(from.get(i).op()) : null) {
              b.seed(from.get(i), gradY(tf, from.get(i), i));
            }
          }
        }
        b.run();
        List<Gradient> result = new ArrayList<>();
        for (int i = 0; i < stands.size(); i++) {
          List<Gradient> parts =
              stands.get(i).stream().map(b::gradient).filter(Gradient::isConnected).toList();
          Gradient g = parts.isEmpty() ? Gradient.disconnected() : sums.sum(parts);
          result.add(
              g.isConnected() || unconnected == Unconnected.NONE
                  ? g
                  : Gradient.of(zeros(tf, xs.get(i).asOutput())));
        }
        return List.copyOf(result);
      }
    }

    private static void checkY(Output y) {
      if (!y.dtype().isFloating() && !y.dtype().isComplex()) {
        throw new InvalidArgumentException(
                "only floating-point and complex tensors have gradients, but '"
                    + y.name()
                    + "' is "
                    + y.dtype()
                    + "; cast before what is to be differentiated")
            .at(y.op());
      }
    }

    private Tensor gradY(Ops tf, Output y, int i) {
      Operand given = gradYs == null ? null : gradYs.get(i);
      if (given == null) {
        return ones(tf, y, "grad_ys_" + i);
      }
      Output g = given.asOutput();
      if (g.dtype() != y.dtype() || !g.shape().isCompatibleWith(y.shape())) {
        throw new InvalidArgumentException(
            "gradYs number "
                + i
                + " must be "
                + y.dtype()
                + y.shape()
                + " as '"
                + y.name()
                + "' is, but '"
                + g.name()
                + "' is "
                + g.dtype()
                + g.shape());
      }
      return tf.tensor(g);
    }

    private static Tensor ones(Ops tf, Output y, String name) {
      if (y.dtype().isComplex()) {
        throw new InvalidArgumentException(
            "'" + y.name() + "' is complex: its gradient must be given with gradYs");
      }
      Tensor one = tf.constant(name, TensorValue.of(1, y.dtype()));
      Shape s = y.shape();
      if (s.equals(Shape.scalar())) {
        return one;
      }
      return tf.fill(Shapes.of(tf.tensor(y)), one);
    }

    private static Tensor zeros(Ops tf, Output x) {
      if (!x.dtype().isDense()) {
        throw new InvalidArgumentException(
            "there are no zeros of " + x.dtype() + " for '" + x.name() + "'");
      }
      return tf.zerosLike(x);
    }
  }
}
