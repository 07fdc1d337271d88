package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableScope;
import dev.millrace.rnn.BasicRNNCell;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.StaticRnnResult;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * One recurrent layer in five ways: by hand, and by all that takes the work off one's hands. Three
 * inputs, five neurons, two time steps, four instances; all begin with the same weights, so that
 * the results can be compared.
 */
@Command(
    name = "millrace manual-rnn",
    description = {
      "Builds one recurrent layer in five ways and prints what each gives:",
      "by hand, with staticRnn, packed, with dynamicRnn, and for sequences of different length."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class ManualRnn extends Program {
  private static final int STEPS = 2;
  private static final int INPUTS = 3;
  private static final int NEURONS = 5;

  /** The instances at the first time step, and at the second. */
  private static final float[][] X0 = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {9, 0, 1}};

  private static final float[][] X1 = {{9, 8, 7}, {0, 0, 0}, {6, 5, 4}, {3, 2, 1}};

  /** The same by instance: [instance][step][input]. The second one is padded with zeros. */
  private static final float[][][] X = {
    {X0[0], X1[0]}, {X0[1], X1[1]}, {X0[2], X1[2]}, {X0[3], X1[3]}
  };

  private static final int[] LENGTHS = {2, 1, 2, 2};

  /**
   * What a layer gives.
   *
   * @param outputs [instance][step][neuron]
   * @param state after the last step, [instance][neuron]
   */
  @SuppressWarnings("ArrayRecordComponent") // layers are compared by number
  record Result(float[][][] outputs, float[][] state) {}

  /** Two steps by hand: the weights, and a matrix product for the inputs and one for the state. */
  static Result byHand(float[][] weights) {
    Ops tf = Ops.of(new Graph());
    Tensor x0 = tf.placeholder("x0", DataType.FLOAT32, -1, INPUTS);
    Tensor x1 = tf.placeholder("x1", DataType.FLOAT32, -1, INPUTS);
    Variable wx = tf.variable("wx", Arrays.copyOfRange(weights, 0, INPUTS));
    Variable wy = tf.variable("wy", Arrays.copyOfRange(weights, INPUTS, INPUTS + NEURONS));
    Variable b = tf.variable("b", new float[1][NEURONS]);
    Tensor y0 = x0.matmul(wx).add(b).tanh();
    Tensor y1 = y0.matmul(wy).add(x1.matmul(wx)).add(b).tanh();
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      Fetches f = session.feed(x0, X0).feed(x1, X1).fetch(y0, y1);
      return byInstance(f.get(0).toFloatMatrix(), f.get(1).toFloatMatrix());
    }
  }

  /** The same with a cell, of which staticRnn makes a copy for each step. */
  static Result withStaticRnn(float[][] weights) {
    Ops tf = Ops.of(new Graph());
    Tensor x0 = tf.placeholder("x0", DataType.FLOAT32, -1, INPUTS);
    Tensor x1 = tf.placeholder("x1", DataType.FLOAT32, -1, INPUTS);
    StaticRnnResult rnn;
    try (VariableScope scope = beginningWith(tf, weights)) {
      rnn = Rnn.staticRnn(new BasicRNNCell(NEURONS), List.of(x0, x1)).build();
    }
    Tensor y0 = rnn.outputs().get(0);
    Tensor y1 = rnn.outputs().get(1);
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      Fetches f = session.feed(x0, X0).feed(x1, X1).fetch(y0, y1);
      return byInstance(f.get(0).toFloatMatrix(), f.get(1).toFloatMatrix());
    }
  }

  /** All steps in one placeholder, taken apart before the layer and put together behind it. */
  static Result packed(float[][] weights) {
    Ops tf = Ops.of(new Graph());
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, STEPS, INPUTS);
    StaticRnnResult rnn;
    try (VariableScope scope = beginningWith(tf, weights)) {
      rnn = Rnn.staticRnn(new BasicRNNCell(NEURONS), x.transpose(1, 0, 2).unstack()).build();
    }
    Tensor outputs = tf.stack(rnn.outputs()).transpose(1, 0, 2);
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      return result(session.feed(x, X).fetchAll(outputs, rnn.state()));
    }
  }

  /** A loop in the graph in place of copies: any number of steps, and nothing to pack. */
  static Result withDynamicRnn(float[][] weights) {
    Ops tf = Ops.of(new Graph());
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, STEPS, INPUTS);
    DynamicRnnResult rnn;
    try (VariableScope scope = beginningWith(tf, weights)) {
      rnn = Rnn.dynamicRnn(new BasicRNNCell(NEURONS), x).build();
    }
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      return result(session.feed(x, X).fetchAll(rnn.outputs(), rnn.state()));
    }
  }

  /** Instances of different length: outputs past the end are zeros, and the state stays. */
  static Result withLengths(float[][] weights) {
    Ops tf = Ops.of(new Graph());
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, STEPS, INPUTS);
    Tensor lengths = tf.placeholder("lengths", DataType.INT32, -1);
    DynamicRnnResult rnn;
    try (VariableScope scope = beginningWith(tf, weights)) {
      rnn = Rnn.dynamicRnn(new BasicRNNCell(NEURONS), x).sequenceLength(lengths).build();
    }
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      return result(session.feed(x, X).feed(lengths, LENGTHS).fetchAll(rnn.outputs(), rnn.state()));
    }
  }

  /** A scope in which a cell's weights begin with these; its biases begin with zeros anyway. */
  private static VariableScope beginningWith(Ops tf, float[][] weights) {
    return tf.newVariableScope("layer").initializer(Initializers.constant(weights)).open();
  }

  private static Result result(Fetches f) {
    return new Result((float[][][]) f.value(0).toJava(), (float[][]) f.value(1).toJava());
  }

  /** Of the outputs at both steps, the last of which are the state. */
  private static Result byInstance(float[][] y0, float[][] y1) {
    float[][][] outputs = new float[y0.length][][];
    for (int i = 0; i < y0.length; i++) {
      outputs[i] = new float[][] {y0[i], y1[i]};
    }
    return new Result(outputs, y1);
  }

  /** Weights to begin with: a row for each input and each neuron, a column for each neuron. */
  static float[][] weights(long seed) {
    Random random = new Random(seed);
    float[][] weights = new float[INPUTS + NEURONS][NEURONS];
    for (float[] row : weights) {
      for (int i = 0; i < NEURONS; i++) {
        row[i] = (float) (0.5 * random.nextGaussian());
      }
    }
    return weights;
  }

  @Override
  public Integer call() {
    float[][] weights = weights(seed);
    show("by hand", byHand(weights));
    show("with staticRnn", withStaticRnn(weights));
    show("with staticRnn, packed", packed(weights));
    show("with dynamicRnn", withDynamicRnn(weights));
    show("with dynamicRnn, the second instance of length 1", withLengths(weights));
    return 0;
  }

  private void show(String title, Result r) {
    print("%s:", title);
    for (int i = 0; i < r.outputs().length; i++) {
      print(
          "  instance %d: %s, state [%s]",
          i + 1,
          Stream.of(r.outputs()[i]).map(y -> "[" + row(y) + "]").collect(Collectors.joining(" ")),
          row(r.state()[i]));
    }
  }

  private static String row(float[] values) {
    StringBuilder text = new StringBuilder();
    for (float v : values) {
      text.append(String.format(Locale.ROOT, text.isEmpty() ? "%5.2f" : " %5.2f", v));
    }
    return text.toString();
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new ManualRnn());
  }

  /**
   * Prints all results.
   *
   * @param args the options; {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
