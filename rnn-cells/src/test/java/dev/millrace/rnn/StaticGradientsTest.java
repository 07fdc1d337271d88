package dev.millrace.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients through three steps of every cell, against central differences in float64. */
class StaticGradientsTest {
  private static final double STEP = 1e-5;
  private static final int[] LENGTHS = {0, 2, 3};

  static Stream<Arguments> cells() {
    return Stream.of(
        cell("BasicRNNCell", lab -> new BasicRNNCell(2)),
        cell("GRUCell", lab -> new GRUCell(2)),
        cell("BasicLSTMCell", lab -> new BasicLSTMCell(2)),
        cell(
            "BasicLSTMCell, concatenated",
            lab -> BasicLSTMCell.builder(2).stateIsTuple(false).build()),
        cell(
            "LSTMCell",
            lab ->
                LSTMCell.builder(3)
                    .usePeepholes(true)
                    .cellClip(0.7)
                    .projection(2)
                    .projectionClip(0.9)
                    .build()),
        cell("LayerNormBasicLSTMCell", lab -> new LayerNormBasicLSTMCell(3)),
        cell("MultiRNNCell", lab -> new MultiRNNCell(new GRUCell(2), new LSTMCell(2))),
        cell("ResidualWrapper", lab -> new ResidualWrapper(new GRUCell(2))),
        cell(
            "projections",
            lab -> new OutputProjectionWrapper(new InputProjectionWrapper(new GRUCell(2), 2), 3)),
        cell("AttentionCellWrapper", lab -> new AttentionCellWrapper(new GRUCell(2), 2)));
  }

  private static Arguments cell(String name, Function<Lab, RNNCell> make) {
    return Arguments.of(name, make);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cells")
  void equalDifferenceQuotients(String name, Function<Lab, RNNCell> make) {
    Lab lab = new Lab();
    List<Tensor> xs = List.of(lab.input(3, 2), lab.input(3, 2), lab.input(3, 2));
    RNNCell cell = make.apply(lab);
    Object initial = cell.stateSize().map(s -> lab.input(3, s.dim(0)));
    StaticRnnResult r =
        Rnn.staticRnn(cell, xs).initialState(initial).sequenceLength(LENGTHS).build();
    List<Object> parts = new ArrayList<>(r.outputStructures());
    parts.addAll(Nest.flatten(r.state()));
    List<Tensor> weighted = new ArrayList<>();
    for (Object p : parts) {
      Tensor t = (Tensor) p;
      weighted.add(t.mul(lab.tf.constant(lab.numbers(t.shape().dims()))).reduceSum());
    }
    Tensor loss = lab.tf.addN(weighted);
    List<Tensor> inputs = new ArrayList<>(xs);
    Nest.flatten(initial).forEach(s -> inputs.add((Tensor) s));
    List<Variable> variables = lab.tf.trainableVariables();
    List<Tensor> gradients = new ArrayList<>();
    Gradients.of(List.of(loss), inputs).stream().map(Gradient::dense).forEach(gradients::add);
    Gradients.of(List.of(loss), variables).stream().map(Gradient::dense).forEach(gradients::add);
    try (Session s = new Session(lab.tf.graph())) {
      s.run(lab.tf.globalVariablesInitializer());
      lab.shuffle(s);
      List<double[]> got = new ArrayList<>();
      gradients.forEach(g -> got.add(lab.runner(s).fetchValue(g).doubles().clone()));
      for (int i = 0; i < inputs.size(); i++) {
        Tensor x = inputs.get(i);
        double[] at = lab.fed(x).doubles();
        check("input " + i, at, got.get(i), () -> lab.runner(s).fetchValue(loss).getDouble(0));
      }
      for (int i = 0; i < variables.size(); i++) {
        Variable v = variables.get(i);
        double[] at = s.fetchValue(v).doubles().clone();
        Tensor next = lab.tf.placeholder(Lab.T, v.shape());
        var set = v.assign(next).operation();
        check(
            v.name(),
            at,
            got.get(inputs.size() + i),
            () -> {
              s.feed(next, TensorValue.wrap(Lab.T, v.shape(), at)).run(set);
              return lab.runner(s).fetchValue(loss).getDouble(0);
            });
        s.feed(next, TensorValue.wrap(Lab.T, v.shape(), at)).run(set);
      }
    }
  }

  private static void check(
      String what, double[] at, double[] gradient, java.util.function.DoubleSupplier loss) {
    for (int j = 0; j < at.length; j++) {
      double x = at[j];
      at[j] = x + STEP;
      double up = loss.getAsDouble();
      at[j] = x - STEP;
      double down = loss.getAsDouble();
      at[j] = x;
      double want = (up - down) / (2 * STEP);
      assertThat(Math.abs(gradient[j] - want))
          .as("gradient by element %d of %s: %s, wanted %s", j, what, gradient[j], want)
          .isLessThan(1e-6 * Math.max(1, Math.abs(want)));
    }
  }
}
