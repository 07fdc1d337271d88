package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.Gradients.Unconnected;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the gradient of every differentiable op with central differences in float64: the first
 * derivatives, and the second ones as derivatives of the first. Every run is computed by a plan and
 * by the reference kernels, and the two are compared.
 */
class GradientCheckTest {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;
  private static final double SINGLE_STEP = 1e-2;
  private static final double SINGLE_TOLERANCE = 3e-3;

  /** What the graph knows of the inputs' shapes while the gradients are built. */
  private enum Known {
    SHAPE,
    RANK,
    NOTHING
  }

  static List<GradientCase> rows() {
    List<GradientCase> r = new ArrayList<>();
    r.addAll(MathGradientCases.all());
    r.addAll(ComplexGradientCases.all());
    r.addAll(ArrayGradientCases.all());
    r.addAll(ArrangeGradientCases.all());
    r.addAll(LinalgGradientCases.all());
    r.addAll(SegmentGradientCases.all());
    r.addAll(NnGradientCases.all());
    r.addAll(ConvGradientCases.all());
    r.addAll(PoolGradientCases.all());
    r.addAll(SparseGradientCases.all());
    r.addAll(SpectralGradientCases.all());
    r.addAll(FunctionalGradientCases.all());
    r.addAll(FrameGradientRows.all());
    return r;
  }

  static Stream<Arguments> cases() {
    return rows().stream()
        .flatMap(
            c ->
                Arrays.stream(Known.values())
                    .filter(k -> k == Known.SHAPE || !c.isForKnownShapesOnly())
                    .map(k -> Arguments.of(c, k)));
  }

  @ParameterizedTest(name = "{0}, known: {1}")
  @MethodSource("cases")
  void gradientsEqualCentralDifferences(GradientCase c, Known known) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    List<Tensor> xs = new ArrayList<>();
    for (TensorValue v : c.inputs()) {
      xs.add(tf.placeholder(DataType.FLOAT64, shape(v.shape(), known)));
    }
    Random random = new Random(1);
    List<Tensor> values = weighted(tf, c.build(tf, xs), random);
    List<Tensor> first = dense(values, xs);
    // In single precision both ways of computing differ by roundings that float64 would not excuse.
    boolean verify = !c.isInSinglePrecision();
    try (Session session = new Session(graph, SessionOptions.builder().verify(verify).build())) {
      Check check = new Check(session, xs, c.inputs(), c.isInSinglePrecision());
      check.compare("first derivative", values, first);
      if (c.hasSecondOrder()) {
        List<Tensor> weightedGradients = weighted(tf, first, random);
        List<Tensor> second = dense(weightedGradients, xs);
        check.compare("second derivative", weightedGradients, second);
      }
    }
  }

  private static Shape shape(Shape s, Known known) {
    return switch (known) {
      case SHAPE -> s;
      case RANK -> Shape.ofRank(s.rank());
      case NOTHING -> Shape.unknown();
    };
  }

  /** The parts of {@code ts} that are real numbers, each element times a number of its own. */
  private static List<Tensor> weighted(Ops tf, List<Tensor> ts, Random random) {
    List<Tensor> r = new ArrayList<>();
    for (Tensor t : ts) {
      if (t.dtype() == DataType.FLOAT64) {
        // Different for each element whatever the shape: a wave over the elements' numbers.
        Tensor n = tf.range(tf.sizeTensor(t)).cast(DataType.FLOAT64);
        Tensor weights = n.mul(0.7).add(random.nextDouble()).sin().reshape(tf.shapeTensor(t));
        r.add(t.mul(weights));
      }
    }
    return r;
  }

  private static List<Tensor> dense(List<Tensor> ys, List<Tensor> xs) {
    return Gradients.builder(ys, xs).unconnected(Unconnected.ZERO).build().stream()
        .map(Gradient::dense)
        .toList();
  }

  /** Evaluates at the inputs of a row and beside them. */
  private record Check(Session session, List<Tensor> xs, List<TensorValue> at, boolean single) {
    /** That {@code gradients} are those of the sum of {@code values}. */
    void compare(String what, List<Tensor> values, List<Tensor> gradients) {
      Fetches computed = feed(at).fetch(gradients);
      double step = single ? SINGLE_STEP : STEP;
      double tolerance = single ? SINGLE_TOLERANCE : TOLERANCE;
      for (int i = 0; i < xs.size(); i++) {
        TensorValue g = computed.value(i);
        assertThat(g.shape())
            .as("shape of the gradient of input %d", i)
            .isEqualTo(at.get(i).shape());
        for (int j = 0; j < g.size(); j++) {
          double want = (sum(values, i, j, step) - sum(values, i, j, -step)) / (2 * step);
          double error = Math.abs(g.doubles()[j] - want);
          assertThat(error)
              .as(
                  "%s by element %d of input %d: %s, but the difference quotient is %s",
                  what, j, i, g.doubles()[j], want)
              .isLessThanOrEqualTo(tolerance * Math.max(1, Math.abs(want)));
        }
      }
    }

    private double sum(List<Tensor> values, int i, int j, double step) {
      List<TensorValue> moved = new ArrayList<>(at);
      double[] x = at.get(i).doubles().clone();
      x[j] += step;
      moved.set(i, TensorValue.wrap(DataType.FLOAT64, at.get(i).shape(), x));
      Fetches f = feed(moved).fetch(values);
      double sum = 0;
      for (int k = 0; k < values.size(); k++) {
        sum += Arrays.stream(f.value(k).doubles()).sum();
      }
      return sum;
    }

    private Runner feed(List<TensorValue> values) {
      Runner r = session.runner();
      for (int i = 0; i < xs.size(); i++) {
        r.feed(xs.get(i), values.get(i));
      }
      return r;
    }
  }

  @Test
  void everyOpHasAGradientOrAMark() {
    Set<String> missing = new TreeSet<>();
    OpRegistry.global().all().forEach(d -> missing.add(d.name()));
    missing.removeAll(GradientRegistry.global().types());
    assertThat(missing).as("op types without a word about their gradient").isEmpty();
  }

  @Test
  void everyGradientIsOfAnOp() {
    Set<String> unknown = new TreeSet<>(GradientRegistry.global().types());
    OpRegistry.global().all().forEach(d -> unknown.remove(d.name()));
    assertThat(unknown).as("gradients of op types that are not defined").isEmpty();
  }

  @Test
  void everyGradientIsChecked() {
    Set<String> unchecked =
        GradientRegistry.global().types().stream()
            .filter(t -> GradientRegistry.global().find(t) != null)
            .collect(Collectors.toCollection(TreeSet::new));
    rows().forEach(c -> unchecked.remove(c.opType()));
    // These have tests of their own: it throws, they need a variable, it draws other numbers.
    unchecked.removeAll(
        Set.of(
            "PreventGradient",
            "ReadVariableOp",
            "RefIdentity",
            "ResourceGather",
            "ResourceGatherNd",
            "RandomGamma"));
    // Old names of types that are checked.
    GradientRegistry all = GradientRegistry.global();
    unchecked.removeIf(
        t -> t.startsWith("Batch") && all.find(t) == all.find(t.substring("Batch".length())));
    // And these, which know no float64: RnnGradientsTest.
    unchecked.removeAll(Set.of("LSTMBlockCell", "LSTMBlockCellGrad", "BlockLSTM", "BlockLSTMV2"));
    unchecked.removeAll(Set.of("GRUBlockCell", "GRUBlockCellGrad"));
    // These need variables by reference: FrameGradientsTest, with the loops.
    unchecked.removeAll(Set.of("RefSwitch", "RefMerge"));
    assertThat(unchecked).as("gradients without a row in the check").isEmpty();
  }

  @Test
  void marksHaveReasons() {
    for (String type : GradientRegistry.global().types()) {
      if (GradientRegistry.global().find(type) == null) {
        assertThat(GradientRegistry.global().reason(type)).as(type).isNotBlank();
      }
    }
  }
}
