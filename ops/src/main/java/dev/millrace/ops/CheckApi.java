package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Checks of tensors. Each gives an operation that fails when it is run and the condition does not
 * hold; it does nothing unless something waits for it:
 *
 * <pre>{@code
 * try (var s = tf.controlDependencies(tf.assertPositive(x))) {
 *   y = x.log();
 * }
 * }</pre>
 *
 * <p>What is known to be wrong when the graph is built is an error at once.
 */
abstract class CheckApi extends ContractionApi {
  CheckApi(Graph graph) {
    super(graph);
  }

  /**
   * Fails when run unless {@code condition} holds, and then tells {@code data} (Assert).
   *
   * @param condition a scalar bool
   * @param data tensors and Java values, of each of which the first three elements are told
   */
  public Operation assertTrue(Object condition, Object... data) {
    try (Scope s = graph().nameScope("Assert")) {
      return assertion("Assert", condition, Arrays.asList(given(data, "the data to print")));
    }
  }

  private Operation assertion(String name, Object condition, List<?> data) {
    return begin("Assert", name, condition, data).build();
  }

  /**
   * An operation that fails when run if any floating-point tensor made so far has elements that are
   * NaN or infinite. Names and placeholders included, all of them are computed.
   */
  public Operation addCheckNumericsOps() {
    List<Operation> checks = new ArrayList<>();
    for (Operation op : graph().operations()) {
      for (Output x : op.outputs()) {
        if (x.dtype().isFloating() && !op.type().equals("CheckNumerics")) {
          try (Scope place = graph().colocateWith(op);
              Scope after = graph().controlDependencies(checks)) {
            checks.add(checkNumerics(x, x.name()).op());
          }
        }
      }
    }
    return group(checks.toArray());
  }

  // ---- comparisons

  /** Fails when run unless {@code x == y} for all elements, broadcast. */
  public Operation assertEqual(Object x, Object y) {
    return assertEqual(x, y, "");
  }

  /** As {@link #assertEqual(Object, Object)}; {@code message} comes first in the error. */
  public Operation assertEqual(Object x, Object y, String message) {
    return compare("assert_equal", Comparison.EQUAL, x, y, message);
  }

  /** Fails when run unless {@code x != y} for all elements, broadcast. */
  public Operation assertNoneEqual(Object x, Object y) {
    return assertNoneEqual(x, y, "");
  }

  /** As {@link #assertNoneEqual(Object, Object)}; {@code message} comes first in the error. */
  public Operation assertNoneEqual(Object x, Object y, String message) {
    return compare("assert_none_equal", Comparison.NOT_EQUAL, x, y, message);
  }

  /** Fails when run unless {@code x < y} for all elements, broadcast. */
  public Operation assertLess(Object x, Object y) {
    return assertLess(x, y, "");
  }

  /** As {@link #assertLess(Object, Object)}; {@code message} comes first in the error. */
  public Operation assertLess(Object x, Object y, String message) {
    return compare("assert_less", Comparison.LESS, x, y, message);
  }

  /** Fails when run unless {@code x <= y} for all elements, broadcast. */
  public Operation assertLessEqual(Object x, Object y) {
    return assertLessEqual(x, y, "");
  }

  /** As {@link #assertLessEqual(Object, Object)}; {@code message} comes first in the error. */
  public Operation assertLessEqual(Object x, Object y, String message) {
    return compare("assert_less_equal", Comparison.LESS_EQUAL, x, y, message);
  }

  /** Fails when run unless {@code x > y} for all elements, broadcast. */
  public Operation assertGreater(Object x, Object y) {
    return assertGreater(x, y, "");
  }

  /** As {@link #assertGreater(Object, Object)}; {@code message} comes first in the error. */
  public Operation assertGreater(Object x, Object y, String message) {
    return compare("assert_greater", Comparison.GREATER, x, y, message);
  }

  /** Fails when run unless {@code x >= y} for all elements, broadcast. */
  public Operation assertGreaterEqual(Object x, Object y) {
    return assertGreaterEqual(x, y, "");
  }

  /** As {@link #assertGreaterEqual(Object, Object)}; {@code message} comes first in the error. */
  public Operation assertGreaterEqual(Object x, Object y, String message) {
    return compare("assert_greater_equal", Comparison.GREATER_EQUAL, x, y, message);
  }

  /** Fails when run unless all elements are above 0. */
  public Operation assertPositive(Object x) {
    return assertPositive(x, "");
  }

  /** As {@link #assertPositive(Object)}; {@code message} comes first in the error. */
  public Operation assertPositive(Object x, String message) {
    return compare("assert_positive", Comparison.GREATER, x, 0, message);
  }

  /** Fails when run unless all elements are below 0. */
  public Operation assertNegative(Object x) {
    return assertNegative(x, "");
  }

  /** As {@link #assertNegative(Object)}; {@code message} comes first in the error. */
  public Operation assertNegative(Object x, String message) {
    return compare("assert_negative", Comparison.LESS, x, 0, message);
  }

  /** Fails when run unless all elements are 0 or above. */
  public Operation assertNonNegative(Object x) {
    return assertNonNegative(x, "");
  }

  /** As {@link #assertNonNegative(Object)}; {@code message} comes first in the error. */
  public Operation assertNonNegative(Object x, String message) {
    return compare("assert_non_negative", Comparison.GREATER_EQUAL, x, 0, message);
  }

  /** Fails when run unless all elements are 0 or below. */
  public Operation assertNonPositive(Object x) {
    return assertNonPositive(x, "");
  }

  /** As {@link #assertNonPositive(Object)}; {@code message} comes first in the error. */
  public Operation assertNonPositive(Object x, String message) {
    return compare("assert_non_positive", Comparison.LESS_EQUAL, x, 0, message);
  }

  private Operation compare(String name, Comparison c, Object a, Object b, String message) {
    try (Scope s = graph().nameScope(name)) {
      DataType hint = dtypeOf(a, b);
      Output x = convert(a, hint, "x");
      Output y = convert(b, x.dtype(), "y");
      String what = "Condition x " + c.sign() + " y did not hold element-wise:";
      TensorValue known = x.constantValue();
      TensorValue other = y.constantValue();
      Tensor holds = node(c.op(), c.op(), x, y);
      if (known != null && other != null && !x.dtype().isComplex() && !c.holds(known, other)) {
        throw failed(message, what, "x (" + x.name() + ") = " + known, "y = " + other);
      }
      List<Object> data = new ArrayList<>();
      data.addAll(List.of(given(message, "the message"), what, "x (" + x.name() + ") = ", x));
      data.addAll(List.of("y (" + y.name() + ") = ", y));
      return assertion("Assert", reduceAll(holds), data);
    }
  }

  /** The error of a check that cannot hold. */
  private static InvalidArgumentException failed(String message, String... what) {
    String m = given(message, "the message").isEmpty() ? "" : message + " ";
    return error(m + String.join(" ", what));
  }

  /** {@link #assertNear(Object, Object, Double, Double)} with ten times the dtype's precision. */
  public Operation assertNear(Object x, Object y) {
    return assertNear(x, y, null, null);
  }

  /**
   * Fails when run unless {@code |x - y| < absolute + relative * |y|} for all elements, broadcast.
   *
   * @param relative null for ten times the dtype's precision
   * @param absolute null for the same
   */
  public Operation assertNear(Object x, Object y, Double relative, Double absolute) {
    try (Scope s = graph().nameScope("assert_near")) {
      Output a = convert(x, dtypeOf(y), "x");
      Output b = convert(y, a.dtype(), "y");
      if (!a.dtype().isFloating()) {
        throw error("assertNear compares floating-point tensors, not " + a.dtype());
      }
      double least = 10 * precision(a.dtype());
      Output r = convert(relative == null ? least : relative, a.dtype(), "rtol");
      Output t = convert(absolute == null ? least : absolute, a.dtype(), "atol");
      Tensor within = add(t, mul(r, abs(b)));
      Tensor near = reduceAll(less(abs(sub(a, b)), within));
      String what = "x and y not equal to tolerance rtol = " + r.constantValue().getDouble(0);
      return assertion(
          "Assert",
          near,
          List.of(
              "",
              what + ", atol = " + t.constantValue().getDouble(0),
              "x (" + a.name() + ") = ",
              a,
              "y (" + b.name() + ") = ",
              b));
    }
  }

  // ---- ranks and dtypes

  /** Fails unless x has that rank: at once where its rank is known, else when run. */
  public Operation assertRank(Object x, int rank) {
    return ranks("assert_rank", x, "rank " + rank, Comparison.EQUAL, rank);
  }

  /** Fails unless x has that rank or a higher one: at once where its rank is known. */
  public Operation assertRankAtLeast(Object x, int rank) {
    return ranks(
        "assert_rank_at_least", x, "at least rank " + rank, Comparison.GREATER_EQUAL, rank);
  }

  /** Fails unless x has one of these ranks: at once where its rank is known. */
  public Operation assertRankIn(Object x, int... ranks) {
    String wanted = "a rank in " + Arrays.toString(ranks);
    return ranks("assert_rank_in", x, wanted, Comparison.EQUAL, ranks);
  }

  private Operation ranks(String name, Object x, String wanted, Comparison c, int... ranks) {
    try (Scope s = graph().nameScope(name)) {
      Output t = convert(x, null, "x");
      if (!t.shape().hasRank()) {
        Tensor any = reduceAny(node(c.op(), c.op(), rankTensor(t), ranks));
        List<Object> data = List.of("Tensor " + t.name() + " must have " + wanted, shapeTensor(t));
        return assertion("Assert", any, data);
      }
      TensorValue rank = TensorValue.of(t.shape().rank());
      if (Arrays.stream(ranks).noneMatch(r -> c.holds(rank, TensorValue.of(r)))) {
        throw error(
            "tensor '" + t.name() + "' must have " + wanted + ", but is of shape " + t.shape());
      }
      return noOp("static_checks_determined_all_ok");
    }
  }

  /**
   * x itself, a scalar.
   *
   * @throws InvalidArgumentException if it is none, or of unknown rank
   */
  public Tensor assertScalar(Object x) {
    try (Scope s = graph().nameScope("assert_scalar")) {
      Output t = convert(x, null, "tensor");
      if (t.shape().rank() != 0) {
        throw error("'" + t.name() + "' must be a scalar, but is of shape " + t.shape());
      }
      return tensor(t);
    }
  }

  /**
   * x itself, of that dtype.
   *
   * @throws InvalidArgumentException if it is of another
   */
  public Tensor assertType(Operand x, DataType dtype) {
    Output t = given(x, "the tensor").asOutput();
    if (t.dtype() != dtype) {
      throw error("'" + t.name() + "' must be " + dtype + ", but is " + t.dtype());
    }
    return tensor(x);
  }

  /**
   * x itself, of an integer dtype.
   *
   * @throws InvalidArgumentException if it is of another
   */
  public Tensor assertInteger(Operand x) {
    Output t = given(x, "the tensor").asOutput();
    if (!t.dtype().isInteger()) {
      throw error("'" + t.name() + "' must be of an integer dtype, but is " + t.dtype());
    }
    return tensor(x);
  }

  /**
   * The dtype that the tensors share, a floating-point one.
   *
   * @throws InvalidArgumentException if they differ, or it is none
   */
  public DataType assertSameFloatDtype(List<? extends Operand> xs) {
    DataType first =
        given(xs, "the list of tensors").isEmpty()
            ? DataType.FLOAT32
            : xs.get(0).asOutput().dtype();
    for (Operand x : xs) {
      if (x.asOutput().dtype() != first || !first.isFloating()) {
        throw error(
            "the tensors must be of one floating-point dtype, but '"
                + xs.get(0).asOutput().name()
                + "' is "
                + first
                + " and '"
                + x.asOutput().name()
                + "' is "
                + x.asOutput().dtype());
      }
    }
    return first;
  }

  // ---- order

  /** Whether no element is below the one before it, in row-major order: a scalar bool. */
  public Tensor isNonDecreasing(Object x) {
    return ordered("is_non_decreasing", "LessEqual", x);
  }

  /** Whether each element is above the one before it, in row-major order: a scalar bool. */
  public Tensor isStrictlyIncreasing(Object x) {
    return ordered("is_strictly_increasing", "Less", x);
  }

  private Tensor ordered(String name, String type, Object x) {
    try (Scope s = graph().nameScope(name)) {
      Tensor flat = reshape(convert(x, null, "x"), -1);
      return reduceAll(node(type, type, slice(flat, Index.upTo(-1)), slice(flat, Index.from(1))));
    }
  }
}
