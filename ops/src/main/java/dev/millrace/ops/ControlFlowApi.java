package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Branches, one of which runs, and assertions. */
abstract class ControlFlowApi extends CheckApi {
  ControlFlowApi(Graph graph) {
    super(graph);
  }

  // ---- cond

  /**
   * The result of {@code then} if {@code pred} is true, else of {@code otherwise} (If,
   * StatelessIf). Only what is made inside the branch that is chosen runs; tensors from outside
   * that a branch uses are computed in any case.
   *
   * <pre>{@code
   * Tensor z = tf.cond(x.less(y), () -> x.add(z), () -> y.square());
   * }</pre>
   *
   * <p>Variables that a branch makes are made outside. An assignment as result gives the value
   * after it.
   *
   * @param pred a scalar bool tensor
   * @throws dev.millrace.graph.InvalidArgumentException if {@code pred} is none, or the branches
   *     give different dtypes
   */
  public Tensor cond(
      TensorMethods pred,
      Supplier<? extends TensorMethods> then,
      Supplier<? extends TensorMethods> otherwise) {
    return (Tensor) choose("cond", pred, then, otherwise);
  }

  /**
   * As {@link #cond(TensorMethods, Supplier, Supplier)}, for branches that give several results:
   * lists, maps, records or other structures ({@link Nest}) of tensors, both of one form; or an
   * {@link Operation}, in whose place the result has the operation that runs the branch.
   */
  public <S> S cond(Object pred, Supplier<? extends S> then, Supplier<? extends S> otherwise) {
    return unchecked(choose("cond", pred, then, otherwise));
  }

  // The structure is what branches give and loops begin with, with other tensors: of class S.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <S> S unchecked(Object structure) {
    return (S) structure;
  }

  private Object choose(String name, Object pred, Supplier<?> then, Supplier<?> otherwise) {
    try (Scope s = graph().nameScope(name)) {
      String full = s.name().substring(0, s.name().length() - 1);
      Output p = predicate(pred, "the predicate of '" + full + "'");
      Branches b = new Branches(self(), full);
      b.add("the 'then' branch", "true", then);
      b.add("the 'else' branch", "false", otherwise);
      OpBuilder node =
          op(b.areStateful() ? "If" : "StatelessIf", s.name())
              .input(p)
              .attr("then_branch", b.function(0))
              .attr("else_branch", b.function(1));
      return b.choose(node);
    }
  }

  /** {@code pred} as a scalar bool tensor. */
  Output predicate(Object pred, String what) {
    if (pred instanceof Boolean) {
      throw error(
          what
              + " is a Java boolean, which is known before the graph runs; use 'if', or"
              + " tf.constant("
              + pred
              + ")");
    }
    if (!(pred instanceof Operand o)) {
      throw error(what + " must be a scalar bool tensor, not " + pred);
    }
    Output p = o.asOutput();
    if (p.dtype() != DataType.BOOL || !p.shape().isCompatibleWith(Shape.scalar())) {
      throw error(
          what
              + " must be a scalar bool, but is "
              + Results.describe(p)
              + (p.dtype() == DataType.BOOL
                  ? "; take reduceAll() or reduceAny() of it"
                  : "; compare it with something, as in x.notEqual(0)"));
    }
    return p;
  }

  // ---- several branches

  /** A case for {@link #caseOf}: what to compute if {@code pred}, a scalar bool, is true. */
  public <S> Case<S> when(TensorMethods pred, Supplier<? extends S> then) {
    return new Case<>(pred, then);
  }

  /**
   * The result of the first case whose predicate is true, else of {@code otherwise}; a chain of
   * {@link #cond}.
   *
   * <pre>{@code
   * Tensor y = tf.caseOf(
   *     List.of(tf.when(x.less(0), () -> x.neg()), tf.when(x.greater(9), () -> x.mul(2))), () -> x);
   * }</pre>
   */
  public <S> S caseOf(List<Case<S>> cases, Supplier<? extends S> otherwise) {
    return caseOf(cases, otherwise, false);
  }

  /**
   * As {@link #caseOf(List, Supplier)}; with {@code exclusive} it fails when run if several
   * predicates are true.
   *
   * @param otherwise null if one predicate must be true: the graph fails when run if none is
   */
  public <S> S caseOf(List<Case<S>> cases, Supplier<? extends S> otherwise, boolean exclusive) {
    if (cases.isEmpty()) {
      throw error("caseOf needs a case at least");
    }
    try (Scope s = graph().nameScope("case")) {
      List<Output> preds = new ArrayList<>();
      for (Case<S> c : cases) {
        preds.add(predicate(c.pred(), "the predicate of case " + preds.size()));
      }
      List<Operation> checks = new ArrayList<>();
      if (exclusive && preds.size() > 1) {
        checks.add(
            assertThat(
                lessEqual(count(preds), 1),
                List.of(
                    "caseOf: the cases exclude each other, but several are true:", pack(preds))));
      }
      Supplier<? extends S> last = otherwise;
      int n = cases.size();
      if (otherwise == null) {
        checks.add(
            assertThat(
                greater(count(preds), 0),
                List.of("caseOf: none of the cases is true, and there is no other:", pack(preds))));
        last = cases.get(--n).then();
      }
      try (Scope wait = controlDependencies(checks)) {
        return n == 0 ? only(last) : chain(cases.subList(0, n), preds, 0, last);
      }
    }
  }

  /** The one case there is, once it is known to hold. */
  private <S> S only(Supplier<? extends S> then) {
    return unchecked(Nest.map(then.get(), x -> x instanceof Operand o ? identity(o) : x));
  }

  private <S> S chain(
      List<Case<S>> cases, List<Output> preds, int k, Supplier<? extends S> otherwise) {
    Supplier<?> rest =
        k == cases.size() - 1 ? otherwise : () -> chain(cases, preds, k + 1, otherwise);
    return unchecked(choose("cond", preds.get(k), cases.get(k).then(), rest));
  }

  private Tensor pack(List<Output> preds) {
    return tensor(op("Pack", "preds").inputList(preds).attr("axis", 0).build().output(0));
  }

  private Tensor count(List<Output> preds) {
    return reduceSum(cast(pack(preds), DataType.INT32));
  }

  /**
   * The result of branch number {@code index} (Case); of the last one if there is none of that
   * number.
   *
   * @param index an int32 scalar
   */
  public <S> S switchCase(Object index, List<? extends Supplier<? extends S>> branches) {
    return switchCase(index, branches, null);
  }

  /**
   * As {@link #switchCase(Object, List)}, with the result of {@code otherwise} if there is no
   * branch of that number.
   */
  public <S> S switchCase(
      Object index,
      List<? extends Supplier<? extends S>> branches,
      Supplier<? extends S> otherwise) {
    if (given(branches, "the list of branches").isEmpty()) {
      throw error("switchCase needs a branch at least");
    }
    try (Scope s = graph().nameScope("switch_case")) {
      String full = s.name().substring(0, s.name().length() - 1);
      Output i = convert(index, DataType.INT32, "branch_index");
      Branches b = new Branches(self(), full);
      for (int k = 0; k < branches.size(); k++) {
        b.add("branch " + k, "branch" + k, branches.get(k));
      }
      if (otherwise != null) {
        b.add("the default branch", "default", otherwise);
      }
      return unchecked(b.choose(op("Case", s.name()).input(i).attr("branches", b.functions())));
    }
  }

  // ---- assertions

  /**
   * Fails when run unless all of {@code condition} is true, showing {@code data} (Assert). Have
   * something depend on it: {@code try (var s = tf.controlDependencies(check))}; in the body of a
   * cond or loop it runs in any case.
   *
   * @param condition a scalar bool
   * @param data tensors and Java values for the message
   */
  public Operation assertThat(Object condition, List<?> data) {
    try (Scope s = graph().nameScope("Assert")) {
      List<Output> shown = new ArrayList<>();
      for (Object x : given(data, "the data to print")) {
        shown.add(convert(x, null, "data_" + shown.size()));
      }
      return op("Assert", s.name())
          .input(convert(condition, DataType.BOOL, "condition"))
          .inputList(shown)
          .build();
    }
  }
}
