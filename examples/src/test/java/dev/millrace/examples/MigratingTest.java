package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.ops.Index;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Coordinator;
import dev.millrace.session.GraphTransforms;
import dev.millrace.session.QueueRunners;
import dev.millrace.session.SavedModel;
import dev.millrace.session.SavedModelBuilder;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.GradientDescentOptimizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of docs/migrating.md. */
class MigratingTest {
  @TempDir private Path dir;

  @Test
  void trainingGoesOn() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor input = tf.placeholder("x", DataType.FLOAT32, -1, 2);
    Tensor target = tf.placeholder("y", DataType.FLOAT32, -1);
    Variable w = tf.variable("w", new float[][] {{0}, {0}});
    Tensor prediction = input.matmul(w).reshape(-1).as("prediction");
    Tensor loss = prediction.sub(target).square().reduceMean().as("loss");
    graph.addToCollection(GraphKeys.TRAIN_OP, new GradientDescentOptimizer(0.05f).minimize(loss));
    float[][] batch = {{1, 2}, {3, 1}};
    float[] labels = {5, 5};
    Path prefix;
    float before;
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      prefix = Saver.of(graph).save(s, dir.resolve("model"));
      before = s.feed(input, batch).feed(target, labels).fetch(loss).getFloat();
    }

    MetaGraph meta = MetaGraph.load(prefix.resolveSibling("model.meta"));
    Saver saver = Saver.of(meta);
    try (Session session = new Session(meta.graph())) {
      saver.restore(session, prefix);
      Operation train = (Operation) meta.graph().collection(GraphKeys.TRAIN_OP).get(0);
      for (int i = 0; i < 20; i++) {
        session.feed("x", batch).feed("y", labels).run(train);
      }
      saver.save(session, prefix.resolveSibling("trained"));
    }
    assertThat(meta.graph().toGraphDef()).isEqualTo(graph.toGraphDef());

    try (Session session = new Session(graph)) {
      Saver again = Saver.builder(graph).name("again").build();
      again.restore(session, dir.resolve("trained"));
      float after = session.feed(input, batch).feed(target, labels).fetch(loss).getFloat();
      assertThat(after).isLessThan(before / 10);

      GraphDef frozen = GraphTransforms.freeze(session, prediction);
      GraphDef renamed = GraphTransforms.rename(frozen, name -> "model/" + name);
      GraphFiles.write(dir.resolve("frozen.pb"), renamed);

      new SavedModelBuilder(session)
          .signature("serving_default", Map.of("x", input), Map.of("y", prediction))
          .save(dir.resolve("served"), "serve");
      float[] want = session.feed(input, batch).fetchValue(prediction).floats();
      try (SavedModel model = SavedModel.load(dir.resolve("served"), "serve")) {
        float[] y = model.call("serving_default").feed("x", batch).fetch("y").value(0).floats();
        assertThat(y).containsExactly(want);
      }
      Graph other = new Graph();
      other.importGraphDef(GraphFiles.read(dir.resolve("frozen.pb")));
      try (Session s = new Session(other)) {
        assertThat(s.feed("model/x", batch).fetchValue("model/prediction").floats())
            .containsExactly(want);
      }
    }
  }

  @Test
  void queuesAreFilled() throws Exception {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor number = tf.inputs().epochs(3).rangeProducer(5).dequeue();
    Tensor batch = tf.inputs().batch(List.of(number), 2).get(0);
    Variable sum = tf.newVariable("sum").initialValue(0).trainable(false).build();
    tf.group("count", sum.assignAdd(batch.reduceSum()));
    tf.group("init_all", tf.globalVariablesInitializer(), tf.localVariablesInitializer());
    MetaGraph.writer(graph).write(dir.resolve("pipeline.meta"));

    MetaGraph meta = MetaGraph.load(dir.resolve("pipeline.meta"));
    try (Session session = new Session(meta.graph())) {
      session.run("init_all");
      Coordinator coord = new Coordinator();
      List<Thread> threads = QueueRunners.start(session, coord);
      try {
        while (!coord.shouldStop()) {
          session.run("count");
        }
      } catch (OutOfRangeException e) {
        // the input has ended
      } finally {
        coord.requestStop();
      }
      coord.join(threads);
      // Of 15 numbers the last one fills no batch; which it is depends on the order.
      assertThat(session.fetch("sum/Read/ReadVariableOp").getInt(0)).isBetween(26, 30);
    }
  }

  static Tensor build(Ops tf, boolean training) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 6, 2);
    Tensor y = tf.placeholder("y", DataType.FLOAT32, -1, 1);
    RNNCell cell = new LSTMCell(8);
    if (training) {
      cell = DropoutWrapper.builder(cell).outputKeepProbability(0.5f).build();
    }
    Tensor last = Rnn.dynamicRnn(cell, x).build().outputs().slice(Index.all(), Index.at(-1));
    return tf.layers().dense(last, 1).sub(y).square().reduceMean();
  }

  @Test
  void dropoutIsForTrainingOnly() {
    float[][][] x = new float[16][6][2];
    float[][] y = new float[16][1];
    for (int i = 0; i < 16; i++) {
      for (int t = 0; t < 6; t++) {
        x[i][t][0] = (i * 7 + t * 3) % 5 / 5f;
        x[i][t][1] = (i + t) % 2;
        y[i][0] += x[i][t][0] / 3;
      }
    }
    Graph training = new Graph();
    training.setSeed(1L);
    Tensor loss = build(Ops.of(training), true);
    Operation step = new AdamOptimizer(0.01f).minimize(loss);
    Saver saver = Saver.of(training);
    Path saved;
    float noisy;
    try (Session session = new Session(training)) {
      session.run(Ops.of(training).globalVariablesInitializer());
      for (int i = 0; i < 20; i++) {
        session.feed("x", x).feed("y", y).run(step);
      }
      noisy = session.feed("x", x).feed("y", y).fetch(loss).getFloat();
      saved = saver.save(session, dir.resolve("model"));
    }

    Graph testing = new Graph();
    Tensor testLoss = build(Ops.of(testing), false);
    try (Session session = new Session(testing)) {
      Saver.of(testing).restore(session, saved);
      float error = session.feed("x", x).feed("y", y).fetch(testLoss).getFloat();
      assertThat(session.feed("x", x).feed("y", y).fetch(testLoss).getFloat()).isEqualTo(error);
      assertThat(error).isNotEqualTo(noisy).isLessThan(1);
    }
  }
}
