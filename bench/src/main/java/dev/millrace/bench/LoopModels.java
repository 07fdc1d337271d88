package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.BasicLSTMCell;
import dev.millrace.rnn.BasicRNNCell;
import dev.millrace.rnn.LSTMStateTuple;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.Clipping;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The recurrent workloads built here: the same models as the graphs of that name, with the same
 * placeholders, loss and targets, unrolled by a loop or step by step.
 */
final class LoopModels {
  private final String workload;
  private final boolean loop;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private LoopModels(String workload, boolean loop) {
    this.workload = workload;
    this.loop = loop;
  }

  /**
   * The model of a workload.
   *
   * @param manifest tells where the workload's graph is, whose variables' first values the model
   *     takes
   * @param loop whether to unroll by a loop
   */
  static Graph build(Manifest manifest, String workload, boolean loop) {
    LoopModels m = new LoopModels(workload, loop);
    Optimizer optimizer = m.optimizer();
    Tensor loss = m.loss().as("loss");
    List<Variable> variables = m.tf.trainableVariables();
    boolean words = workload.equals("lstm_ptb"); // its cost is the loss of all 20 steps
    var gradients = optimizer.computeGradients(words ? loss.mul(20) : loss);
    if (words) {
      gradients = Clipping.gradientsByGlobalNorm(gradients, 5);
    }
    Operation train = optimizer.applyGradients(gradients);
    m.tf.group("train", train);
    Operation init;
    try (Scope s = m.graph.nameScope("random")) {
      init = m.tf.globalVariablesInitializer();
    }
    List<TensorValue> first = firstValues(manifest);
    List<Operation> assigned = new ArrayList<>();
    try (Scope s = m.tf.controlDependencies(init)) {
      for (int i = 0; i < first.size(); i++) {
        assigned.add(variables.get(i).assign(m.tf.constant(first.get(i))).operation());
      }
    }
    m.tf.group("init", assigned.toArray());
    return m.graph;
  }

  /** The trainable variables' values after the workload's initialisers. */
  private static List<TensorValue> firstValues(Manifest manifest) {
    Graph graph = new Graph();
    graph.importGraphDef(GraphFiles.read(manifest.graph()));
    try (Session s = new Session(graph)) {
      s.run(manifest.initTargets().toArray());
      List<TensorValue> values = new ArrayList<>();
      for (String v : manifest.trainable()) {
        Operation handle = graph.operation(v);
        Ops tf = Ops.of(graph);
        Operation read =
            graph
                .opBuilder("ReadVariableOp", "first/" + v.replace('/', '_'))
                .input(handle.output(0))
                .attr("dtype", DataType.FLOAT32)
                .build();
        Fetches f = s.runner().fetch(List.of(tf.tensor(read.output(0))));
        values.add(f.value(0));
      }
      return values;
    }
  }

  private Optimizer optimizer() {
    return workload.equals("lstm_ptb") ? new GradientDescentOptimizer(1) : new AdamOptimizer(0.001);
  }

  private Tensor loss() {
    return switch (workload) {
      case "rnn_mnist" -> digits(new BasicRNNCell(150));
      case "lstm_mnist" -> digits(new BasicLSTMCell(150));
      case "rnn_timeseries" -> series();
      case "lstm_ptb" -> words();
      default -> throw new InvalidArgumentException("'" + workload + "' is not built here");
    };
  }

  /** The last output of a cell over [batch, time, size]. */
  private List<Tensor> outputs(RNNCell cell, Tensor x) {
    return loop
        ? Rnn.dynamicRnn(cell, x).build().outputs().unstack(1)
        : Rnn.staticRnn(cell, x.unstack(1)).build().outputs();
  }

  private Tensor digits(RNNCell cell) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 28, 28);
    Tensor y = tf.placeholder("y", DataType.INT32, -1);
    Object state =
        loop
            ? Rnn.dynamicRnn(cell, x).build().state()
            : Rnn.staticRnn(cell, x.unstack(1)).build().state();
    Tensor last = state instanceof LSTMStateTuple t ? t.h() : (Tensor) state;
    Tensor logits = tf.layers().dense(last, 10);
    return tf.sparseSoftmaxCrossEntropyWithLogits(y, logits).reduceMean();
  }

  private Tensor series() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 20, 1);
    Tensor y = tf.placeholder("y", DataType.FLOAT32, -1, 20, 1);
    RNNCell cell = BasicRNNCell.builder(100).activation(Tensor::relu).build();
    Tensor outputs =
        loop ? Rnn.dynamicRnn(cell, x).build().outputs() : tf.stack(outputs(cell, x), 1);
    Tensor flat = tf.layers().dense(outputs.reshape(-1, 100), 1);
    return flat.reshape(-1, 20, 1).sub(y).square().reduceMean();
  }

  private Tensor words() {
    Tensor x = tf.placeholder("x", DataType.INT32, 20, 20);
    Tensor y = tf.placeholder("y", DataType.INT32, 20, 20);
    Variable embedding = tf.getVariable("embedding", 10_000, 200);
    RNNCell cell = new MultiRNNCell(new BasicLSTMCell(200), new BasicLSTMCell(200));
    Tensor in = embedding.sparseRead(x);
    Tensor outputs =
        loop ? Rnn.dynamicRnn(cell, in).build().outputs() : tf.stack(outputs(cell, in), 1);
    Tensor logits = tf.layers().dense(outputs.reshape(-1, 200), 10_000);
    return tf.sparseSoftmaxCrossEntropyWithLogits(y.reshape(-1), logits).reduceMean();
  }
}
