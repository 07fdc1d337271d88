package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A recurrent model on examples of lengths 0 to all steps, in the form that {@link TensorFlowJudge}
 * runs: its results, the variables' first values, and the gradients of the results' squares.
 */
final class RnnCase {
  private static final double AGREEMENT = 2e-5;
  static final int TIME = 4;
  static final int SIZE = 3;
  private static final int[] LENGTHS = {2, 0, 4, 1, 3};

  private final Ops tf = Ops.of(new Graph());
  private final TensorValue numbers = numbers();
  private final Tensor x;
  private final Tensor length;
  private final List<Tensor> outs = new ArrayList<>();
  private final List<Tensor> these = new ArrayList<>();
  private final List<Tensor> those = new ArrayList<>();

  /** A model of the steps, each [batch, size]. */
  RnnCase(BiFunction<RnnCase, List<Tensor>, Object> model) {
    this(true, c -> model.apply(c, c.x.unstack(1)));
  }

  /** A model of the inputs, {@link #input}. */
  RnnCase(boolean gradients, Function<RnnCase, Object> model) {
    tf.setRandomSeed(11);
    x = tf.placeholder("in/0", DataType.FLOAT32, -1, TIME, SIZE);
    length = tf.placeholder("in/1", DataType.INT32, -1);
    tf.constant("feed/0", numbers);
    tf.constant("feed/1", LENGTHS);
    List<Tensor> ys = new ArrayList<>();
    Nest.flatten(model.apply(this)).forEach(y -> ys.add((Tensor) y));
    ys.forEach(this::out);
    tf.trainableVariables().forEach(w -> out(w.readValue()));
    if (gradients) {
      gradients(ys).forEach(this::out);
    }
    if (!these.isEmpty()) {
      List<Tensor> left = gradients(these);
      List<Tensor> right = gradients(those);
      these.addAll(left);
      those.addAll(right);
    }
    tf.graph().opBuilder("NoOp", "init").controlInput(tf.globalVariablesInitializer()).build();
  }

  /** The gradients of a loss of all floats among these. */
  private List<Tensor> gradients(List<Tensor> ys) {
    List<Tensor> losses = new ArrayList<>();
    for (Tensor y : ys) {
      if (y.dtype().isFloating()) {
        losses.add(y.add(0.1).square().reduceSum());
      }
    }
    return Gradients.of(List.of(tf.addN(losses)), tf.trainableVariables()).stream()
        .map(Gradient::dense)
        .toList();
  }

  /** Asks that two structures, and the gradients of the same loss of both, be equal. */
  void agree(Object one, Object other) {
    Nest.flatten(one).forEach(x -> these.add((Tensor) x));
    Nest.flatten(other).forEach(x -> those.add((Tensor) x));
    assertThat(those).hasSameSizeAs(these);
  }

  private static TensorValue numbers() {
    Random random = new Random(3);
    float[][][] v = new float[LENGTHS.length][TIME][SIZE];
    for (float[][] example : v) {
      for (float[] step : example) {
        for (int i = 0; i < SIZE; i++) {
          step[i] = 2 * random.nextFloat() - 1;
        }
      }
    }
    return TensorValue.of(v);
  }

  private void out(Tensor t) {
    outs.add(t.as("out/" + outs.size()));
  }

  Ops tf() {
    return tf;
  }

  /** [batch, time, size]. */
  Tensor input() {
    return x;
  }

  /** The examples' lengths. */
  Tensor length() {
    return length;
  }

  private List<TensorValue> run(SessionOptions options) {
    try (Session s = new Session(tf.graph(), options)) {
      s.run("init");
      Fetches fetched = s.feed(x, numbers).feed(length, LENGTHS).fetch(outs);
      List<TensorValue> values = new ArrayList<>();
      for (int i = 0; i < outs.size(); i++) {
        values.add(fetched.value(i));
      }
      if (!these.isEmpty()) {
        List<Tensor> both = new ArrayList<>(these);
        both.addAll(those);
        Fetches pairs = s.feed(x, numbers).feed(length, LENGTHS).fetch(both);
        for (int i = 0; i < these.size(); i++) {
          double d = difference(pairs.value(i), pairs.value(these.size() + i));
          assertThat(d).as("%s and %s", these.get(i), those.get(i)).isLessThan(AGREEMENT);
        }
      }
      return values;
    }
  }

  /** Runs the cases on TensorFlow and here, in both modes. */
  static void compare(Map<String, RnnCase> cases, Path work, double tolerance) throws Exception {
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, c) -> graphs.put(name, c.tf.graph().toGraphDef()));
    Map<String, List<TensorValue>> want = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, RnnCase> c : cases.entrySet()) {
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = c.getValue().run(o);
        assertThat(got).hasSameSizeAs(want.get(c.getKey()));
        double worst = 0;
        for (int k = 0; k < got.size(); k++) {
          worst = Math.max(worst, difference(got.get(k), want.get(c.getKey()).get(k)));
        }
        System.out.printf(
            "%s, %s: largest relative difference from TensorFlow %.2g%n",
            c.getKey(), o.mode(), worst);
        assertThat(worst).as(c.getKey()).isLessThan(tolerance);
      }
    }
  }

  /** The largest difference, relative to the largest number wanted. */
  private static double difference(TensorValue got, TensorValue want) {
    assertThat(got.shape()).isEqualTo(want.shape());
    double scale = 1e-12;
    double most = 0;
    for (int i = 0; i < want.size(); i++) {
      scale = Math.max(scale, Math.abs(want.getDouble(i)));
      most = Math.max(most, Math.abs(got.getDouble(i) - want.getDouble(i)));
    }
    return most / scale;
  }
}
