package dev.millrace.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A graph to try cells in, with inputs of random numbers in float64. */
final class Lab {
  static final DataType T = DataType.FLOAT64;

  final Ops tf = Ops.of(new Graph());
  private final Random random = new Random(7);
  private final Map<Tensor, TensorValue> feeds = new LinkedHashMap<>();

  Lab() {
    tf.setRandomSeed(5); // verification runs twice
  }

  /** A fed tensor of random numbers. */
  Tensor input(long... dims) {
    Tensor x = tf.placeholder(T, dims);
    feeds.put(x, numbers(dims));
    return x;
  }

  /** A tensor of which the graph knows only what {@code known} says. */
  Tensor input(Shape known, long... dims) {
    Tensor x = tf.placeholder(T, known);
    feeds.put(x, numbers(dims));
    return x;
  }

  TensorValue numbers(long... dims) {
    Shape s = Shape.of(dims);
    double[] v = new double[(int) s.numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = 2 * random.nextDouble() - 1;
    }
    return TensorValue.wrap(T, s, v);
  }

  /** An initializer of random numbers, so that biases too are put to the test. */
  Initializer anyNumbers() {
    return (ops, shape, dtype) -> ops.constant(numbers(shape.dims()));
  }

  TensorValue fed(Tensor x) {
    return feeds.get(x);
  }

  void feed(Tensor x, TensorValue v) {
    feeds.put(x, v);
  }

  Map<Tensor, TensorValue> feeds() {
    return feeds;
  }

  Runner runner(Session s) {
    Runner r = s.runner();
    feeds.forEach(r::feed);
    return r;
  }

  Session session() {
    Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build());
    s.run(tf.globalVariablesInitializer());
    return s;
  }

  /** The variable of that name. */
  Variable variable(String name) {
    return tf.globalVariables().stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + names()));
  }

  List<String> names() {
    return tf.globalVariables().stream().map(Variable::name).toList();
  }

  /** Gives every variable random numbers; call it when all are made. */
  void shuffle(Session s) {
    for (Variable v : tf.globalVariables()) {
      s.run(v.assign(numbers(v.shape().dims())));
    }
  }

  Matrix value(Session s, Operand x) {
    return Matrix.of(runner(s).fetchValue(x));
  }

  /** All leaves of a structure. */
  List<Matrix> values(Session s, Object structure) {
    List<Matrix> all = new ArrayList<>();
    for (Object leaf : Nest.flatten(structure)) {
      all.add(value(s, (Operand) leaf));
    }
    return all;
  }

  static void assertClose(Matrix got, Matrix want) {
    assertThat(got.flat()).hasSameSizeAs(want.flat());
    for (int i = 0; i < want.flat().length; i++) {
      assertThat(got.flat()[i]).as("element " + i).isCloseTo(want.flat()[i], WITHIN);
    }
  }

  private static final org.assertj.core.data.Offset<Double> WITHIN =
      org.assertj.core.data.Offset.offset(1e-12);
}
