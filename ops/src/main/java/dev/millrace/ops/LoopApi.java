package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Loops, and what is made of them. */
abstract class LoopApi extends ControlFlowApi {
  LoopApi(Graph graph) {
    super(graph);
  }

  // ---- while

  /**
   * Runs {@code body} as long as {@code cond} holds, beginning with {@code variables} (While,
   * StatelessWhile).
   *
   * <pre>{@code
   * Tensor n = tf.whileLoop(i -> i.less(10), i -> i.add(1), tf.constant(0));
   * }</pre>
   *
   * <p>Both functions are called once, while the graph is built. What they use of the graph around
   * is computed once, before the loop. Variables made in them are made outside; their values are
   * read once, before the loop, unless the body says {@code readValue()}.
   *
   * @param cond a scalar bool, from the variables
   * @param body the variables of the next step; their dtypes stay, and so do their shapes unless
   *     {@link LoopOptions#shapeInvariants} says otherwise
   * @param variables a tensor, a {@link TensorArray}, or a structure of them: list, map, record
   *     ({@link Nest})
   * @return the variables after the last step, in the same structure
   * @throws dev.millrace.graph.InvalidArgumentException if the body gives another structure, dtype
   *     or shape
   */
  public <S> S whileLoop(
      Function<? super S, ?> cond, Function<? super S, ? extends S> body, S variables) {
    return whileLoop(cond, body, variables, new LoopOptions());
  }

  /** As {@link #whileLoop(Function, Function, Object)}, saying more about the loop. */
  public <S> S whileLoop(
      Function<? super S, ?> cond,
      Function<? super S, ? extends S> body,
      S variables,
      LoopOptions options) {
    return unchecked(
        loop(
            s -> cond.apply(ControlFlowApi.<S>unchecked(s)),
            s -> body.apply(ControlFlowApi.<S>unchecked(s)),
            variables,
            options));
  }

  /**
   * A loop of two variables, as {@link #whileLoop(Function, Function, Object)}.
   *
   * <pre>{@code
   * List<Tensor> last =
   *     tf.whileLoop((i, s) -> i.less(10), (i, s) -> List.of(i.add(1), s.add(i)), 0, 0);
   * }</pre>
   *
   * @param body the two next values
   * @param a a tensor or Java value
   * @param b a tensor or Java value
   */
  public List<Tensor> whileLoop(
      BiFunction<Tensor, Tensor, ?> cond,
      BiFunction<Tensor, Tensor, ? extends List<?>> body,
      Object a,
      Object b) {
    return whileLoop(cond, body, a, b, new LoopOptions());
  }

  /** As {@link #whileLoop(BiFunction, BiFunction, Object, Object)}, saying more about the loop. */
  public List<Tensor> whileLoop(
      BiFunction<Tensor, Tensor, ?> cond,
      BiFunction<Tensor, Tensor, ? extends List<?>> body,
      Object a,
      Object b,
      LoopOptions options) {
    List<Tensor> variables =
        List.of(tensor(convert(a, null, "Const")), tensor(convert(b, null, "Const")));
    return unchecked(
        loop(
            s -> cond.apply(both(s).get(0), both(s).get(1)),
            s -> body.apply(both(s).get(0), both(s).get(1)),
            variables,
            options));
  }

  private static List<Tensor> both(Object s) {
    return unchecked(s);
  }

  private Object loop(
      Function<Object, ?> cond, Function<Object, ?> body, Object variables, LoopOptions options) {
    List<Object> leaves = Nest.flatten(variables);
    if (leaves.isEmpty()) {
      throw error("a loop needs a variable at least");
    }
    if (Nest.isLeaf(variables) && !(variables instanceof Tensor)) {
      throw error(
          "a loop's variable begins with a Tensor, not with "
              + variables
              + (variables instanceof TensorMethods ? "; take value()" : "; take tf.constant(…)"));
    }
    try (Scope s = graph().nameScope(options.nameOr("while"))) {
      List<Output> first = new ArrayList<>();
      leaves.forEach(x -> first.add(convert(x, null, "Const")));
      List<Parameter> parameters = new ArrayList<>();
      List<Shape> shapes = invariants(variables, first, options.shapeInvariants());
      List<String> paths = Nest.paths(variables);
      for (int i = 0; i < first.size(); i++) {
        Output x = first.get(i);
        parameters.add(new Parameter(x.op().name(), x.dtype(), shapes.get(i), x.handleData()));
      }
      String full = s.name().substring(0, s.name().length() - 1);
      Loops loops =
          new Loops(self(), full, options)
              .variableNames(
                  i ->
                      "loop variable "
                          + (paths.get(i).isEmpty() ? "" : paths.get(i) + " ")
                          + "(beginning as '"
                          + first.get(i).name()
                          + "')");
      List<Output> last =
          loops.build(
              parameters,
              p -> condition(cond.apply(packed(variables, p)), full),
              (b, p) -> next(body.apply(packed(variables, p)), variables, full),
              () -> first);
      return Nest.pack(variables, last.stream().map(loops::result).toList());
    }
  }

  private Object packed(Object like, List<Output> tensors) {
    return Nest.pack(like, tensors.stream().map(this::tensor).toList());
  }

  private Output condition(Object go, String name) {
    String what = "the condition of '" + name + "'";
    return predicate(go instanceof Boolean b ? constant(b) : go, what);
  }

  private List<Output> next(Object made, Object variables, String name) {
    String what = "the body of '" + name + "'";
    List<Output> tensors = Results.tensors(self(), made, what);
    if (!Nest.isSame(variables, made)) {
      throw error(
          what
              + " must give a value for each loop variable, "
              + Nest.describe(variables)
              + ", but gives "
              + Nest.describe(made));
    }
    return tensors;
  }

  /** The shapes of the variables in the loop: declared ones, or those they begin with. */
  private static List<Shape> invariants(Object variables, List<Output> first, Object declared) {
    if (declared == null) {
      return first.stream().map(Output::shape).toList();
    }
    List<Object> shapes = Nest.flatten(declared);
    if (shapes.size() != first.size()) {
      throw error(
          "shapeInvariants has "
              + shapes.size()
              + " shapes for "
              + first.size()
              + " loop variables, "
              + Nest.describe(variables));
    }
    List<Shape> r = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      Output x = first.get(i);
      if (!(shapes.get(i) instanceof Shape s)) {
        throw error("shapeInvariants takes Shapes, not " + shapes.get(i));
      }
      if (!Results.covers(s, x.shape())) {
        throw error(
            "the shape invariant "
                + s
                + " does not hold for the loop variable's first value "
                + Results.describe(x));
      }
      r.add(s);
    }
    return r;
  }

  // ---- tensor arrays

  /** An array of {@code size} tensors of one dtype, to be written one by one. */
  public TensorArray tensorArray(DataType dtype, Object size) {
    return newTensorArray(dtype).size(size).build();
  }

  /** Begins a tensor array, to say more about it: its elements' shape, whether it may grow, … */
  public TensorArrayBuilder newTensorArray(DataType dtype) {
    return new TensorArrayBuilder(self(), dtype);
  }

  // ---- map

  /**
   * {@code f} of every slice of {@code elems} along the first dimension, the results along a new
   * first dimension.
   *
   * <pre>{@code
   * Tensor squares = tf.mapFn(x -> x.mul(x), elems);
   * }</pre>
   *
   * @param f gives a tensor or structure of them, of one shape for all slices; its dtypes are found
   *     out
   * @param elems a tensor, or a structure of tensors of the same first dimension
   */
  public <E, R> R mapFn(Function<? super E, ? extends R> f, E elems) {
    return mapFn(f, elems, new LoopOptions());
  }

  /** As {@link #mapFn(Function, Object)}, saying more about the loop. */
  public <E, R> R mapFn(Function<? super E, ? extends R> f, E elems, LoopOptions options) {
    try (Scope s = graph().nameScope(options.nameOr("map"))) {
      Slices slices = new Slices(self(), elems, "mapFn");
      Loops loops = new Loops(self(), s.name() + "while", options);
      List<Output> made = new ArrayList<>(); // the results of f, in the body
      Object[] structure = new Object[1];
      TensorLists lists = new TensorLists(self());
      List<Output> last =
          loops.build(
              List.of(new Parameter("i", DataType.INT32, Shape.scalar())),
              p -> less(p.get(0), slices.count()).asOutput(),
              (body, p) -> {
                structure[0] = f.apply(ControlFlowApi.<E>unchecked(slices.at(p.get(0))));
                made.addAll(Results.tensors(self(), structure[0], "the function of mapFn"));
                List<Output> next = new ArrayList<>();
                next.add(add(p.get(0), 1).asOutput());
                for (Output x : made) {
                  Output list = body.addParameter(Slices.list("results", x));
                  next.add(lists.set(list, p.get(0), x).asOutput());
                }
                return next;
              },
              () -> {
                List<Output> first = new ArrayList<>();
                first.add(constant(0).asOutput());
                made.forEach(
                    x -> first.add(lists.reserve(x.dtype(), x.shape(), slices.count()).asOutput()));
                return first;
              });
      List<Tensor> results = new ArrayList<>();
      for (int i = 0; i < made.size(); i++) {
        Output x = made.get(i);
        results.add(slices.stack(loops.result(last.get(i + 1)), x.dtype(), x.shape()));
      }
      return unchecked(Nest.pack(structure[0], results));
    }
  }

  // ---- folds and scans

  /**
   * The last of {@code a = f(a, slice)} over the slices of {@code elems} along the first dimension,
   * {@code a} being {@code initializer} at the beginning.
   */
  public <A, E> A foldl(BiFunction<? super A, ? super E, ? extends A> f, E elems, A initializer) {
    return foldl(f, elems, initializer, new LoopOptions());
  }

  /**
   * As {@link #foldl(BiFunction, Object, Object)}, saying more about the loop.
   *
   * @param initializer null for the first slice, which is then left out
   */
  public <A, E> A foldl(
      BiFunction<? super A, ? super E, ? extends A> f,
      E elems,
      A initializer,
      LoopOptions options) {
    return unchecked(fold("foldl", f, elems, initializer, false, false, options));
  }

  /** {@link #foldl(BiFunction, Object, Object)} from the first slice on. */
  public <E> E foldl(BiFunction<? super E, ? super E, ? extends E> f, E elems) {
    return foldl(f, elems, null, new LoopOptions());
  }

  /** {@link #foldl(BiFunction, Object, Object)} from the last slice to the first. */
  public <A, E> A foldr(BiFunction<? super A, ? super E, ? extends A> f, E elems, A initializer) {
    return foldr(f, elems, initializer, new LoopOptions());
  }

  /**
   * As {@link #foldr(BiFunction, Object, Object)}, saying more about the loop.
   *
   * @param initializer null for the last slice, which is then left out
   */
  public <A, E> A foldr(
      BiFunction<? super A, ? super E, ? extends A> f,
      E elems,
      A initializer,
      LoopOptions options) {
    return unchecked(fold("foldr", f, elems, initializer, true, false, options));
  }

  /** {@link #foldr(BiFunction, Object, Object)} from the last slice on. */
  public <E> E foldr(BiFunction<? super E, ? super E, ? extends E> f, E elems) {
    return foldr(f, elems, null, new LoopOptions());
  }

  /**
   * All values of {@code a = f(a, slice)} over the slices of {@code elems} along the first
   * dimension, along a new first dimension; {@code a} is {@code initializer} at the beginning, and
   * keeps its dtypes and shapes.
   *
   * <pre>{@code
   * Tensor sums = tf.scan((a, x) -> a.add(x), elems, tf.constant(0f));
   * }</pre>
   */
  public <A, E> A scan(BiFunction<? super A, ? super E, ? extends A> f, E elems, A initializer) {
    return scan(f, elems, initializer, false, new LoopOptions());
  }

  /**
   * {@link #scan(BiFunction, Object, Object)} from the first slice on, which is the first value.
   */
  public <E> E scan(BiFunction<? super E, ? super E, ? extends E> f, E elems) {
    return scan(f, elems, null, false, new LoopOptions());
  }

  /**
   * As {@link #scan(BiFunction, Object, Object)}.
   *
   * @param initializer null for the first slice, which is then the first value
   * @param reverse whether to go from the last slice to the first; each value stands where its
   *     slice does
   */
  public <A, E> A scan(
      BiFunction<? super A, ? super E, ? extends A> f,
      E elems,
      A initializer,
      boolean reverse,
      LoopOptions options) {
    return unchecked(fold("scan", f, elems, initializer, reverse, true, options));
  }

  private <A, E> Object fold(
      String name,
      BiFunction<? super A, ? super E, ? extends A> f,
      E elems,
      A initializer,
      boolean reverse,
      boolean all,
      LoopOptions options) {
    try (Scope s = graph().nameScope(options.nameOr(name))) {
      Slices slices = new Slices(self(), elems, name);
      int done = initializer == null ? 1 : 0;
      Output start = reverse ? sub(slices.count(), 1 + done).asOutput() : constant(done).asOutput();
      Output firstSlice = reverse ? sub(slices.count(), 1).asOutput() : constant(0).asOutput();
      Object begin = initializer == null ? slices.at(firstSlice) : initializer;
      List<Output> first = Results.tensors(self(), begin, "the initializer of " + name);
      int n = first.size();
      TensorLists lists = new TensorLists(self());
      List<Parameter> variables = new ArrayList<>();
      variables.add(new Parameter("i", DataType.INT32, Shape.scalar()));
      first.forEach(x -> variables.add(Parameter.like("a", x)));
      List<Output> values = new ArrayList<>(List.of(start));
      values.addAll(first);
      for (Output x : all ? first : Collections.<Output>emptyList()) {
        variables.add(Slices.list("values", x));
        Tensor list = lists.reserve(x.dtype(), x.shape(), slices.count());
        values.add((done == 1 ? lists.set(list.asOutput(), firstSlice, x) : list).asOutput());
      }
      Loops loops =
          new Loops(self(), s.name() + "while", options)
              .variableNames(
                  i ->
                      i >= 1 && i <= n ? "what the function of " + name + " carries" : "a counter");
      List<Output> last =
          loops.build(
              variables,
              p ->
                  (reverse ? greaterEqual(p.get(0), 0) : less(p.get(0), slices.count())).asOutput(),
              (body, p) -> {
                Object a = packed(begin, p.subList(1, n + 1));
                Object made =
                    f.apply(
                        ControlFlowApi.<A>unchecked(a),
                        ControlFlowApi.<E>unchecked(slices.at(p.get(0))));
                List<Output> carried = next(made, begin, s.name() + "while");
                List<Output> next = new ArrayList<>();
                next.add((reverse ? sub(p.get(0), 1) : add(p.get(0), 1)).asOutput());
                next.addAll(carried);
                for (int k = 1; all && k <= n; k++) {
                  loops.check(k, p.get(k), carried.get(k - 1)); // before it is put into a list
                }
                for (int k = n + 1; k < p.size(); k++) {
                  next.add(lists.set(p.get(k), p.get(0), carried.get(k - n - 1)).asOutput());
                }
                return next;
              },
              () -> values);
      List<Tensor> results = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        Output x = first.get(i);
        results.add(
            all
                ? slices.stack(loops.result(last.get(n + 1 + i)), x.dtype(), x.shape())
                : loops.result(last.get(i + 1)));
      }
      return Nest.pack(begin, results);
    }
  }

  /** The slices of a structure of tensors along their first dimension. */
  static final class Slices {
    private final Ops ops;
    private final Object structure;
    private final List<Output> tensors = new ArrayList<>();
    private final List<Output> lists = new ArrayList<>();
    private final long known;
    private final Output count;

    Slices(Ops ops, Object structure, String what) {
      this.ops = ops;
      this.structure = structure;
      long n = Shape.UNKNOWN;
      for (Object leaf : Nest.flatten(structure)) {
        if (!(leaf instanceof Operand tensor)) {
          throw error(what + " takes tensors as elems, not " + leaf);
        }
        Output x = tensor.asOutput();
        if (x.shape().hasRank() && x.shape().rank() == 0) {
          throw error(
              what
                  + " takes slices along the first dimension; "
                  + Results.describe(x)
                  + " has none");
        }
        if (x.shape().hasRank()) {
          long own = x.shape().dim(0);
          if (n != Shape.UNKNOWN && own != Shape.UNKNOWN && n != own) {
            throw error(
                what
                    + ": the tensors of elems must have the same first dimension, but they have "
                    + n
                    + " and "
                    + own);
          }
          n = own == Shape.UNKNOWN ? n : own;
        }
        tensors.add(x);
      }
      if (tensors.isEmpty()) {
        throw error(what + " needs a tensor at least");
      }
      known = n;
      count =
          n != Shape.UNKNOWN
              ? ops.constant("n", Math.toIntExact(n)).asOutput()
              : ops.shapeTensor(tensors.get(0)).get(0).asOutput();
      TensorLists l = new TensorLists(ops);
      tensors.forEach(x -> lists.add(l.fromTensor(x).asOutput()));
    }

    /** A variable that is a list of tensors like {@code x}. */
    static Parameter list(String name, Output x) {
      return new Parameter(
          name,
          DataType.VARIANT,
          Shape.scalar(),
          new dev.millrace.graph.HandleData(x.dtype(), x.shape()));
    }

    /** How many slices there are. */
    Output count() {
      return count;
    }

    /** The slices number {@code i}. */
    Object at(Output i) {
      List<Tensor> r = new ArrayList<>();
      for (int k = 0; k < tensors.size(); k++) {
        Shape s = tensors.get(k).shape();
        r.add(
            new TensorLists(ops)
                .get(lists.get(k), i, tensors.get(k).dtype(), s.hasRank() ? s.sliceFrom(1) : s));
      }
      return Nest.pack(structure, r);
    }

    /** As many elements of a list as there are slices, along a new first dimension. */
    Tensor stack(Tensor list, DataType dtype, Shape element) {
      return new TensorLists(ops).stack(list.asOutput(), dtype, element, known);
    }
  }
}
