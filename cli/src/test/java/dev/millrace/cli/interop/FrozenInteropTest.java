package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.GraphTransforms;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs that were trained and frozen here give the same numbers in TensorFlow 1.15.0. */
class FrozenInteropTest {
  private static final Set<String> STATE =
      Set.of("VarHandleOp", "VariableV2", "ReadVariableOp", "ResourceGather", "RestoreV2");

  @TempDir private Path dir;

  /** Embedded words, convolved, and read by loops in both directions. */
  @Test
  void aTrainedNetworkIsOneGraph() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Random random = new Random(4);
    int[][] words = new int[6][9];
    float[][] labels = new float[6][2];
    int[] lengths = new int[6];
    for (int i = 0; i < 6; i++) {
      for (int t = 0; t < 9; t++) {
        words[i][t] = random.nextInt(20);
      }
      labels[i][i % 2] = 1;
      lengths[i] = 1 + random.nextInt(7); // of what the convolution leaves
    }
    Graph graph = new Graph();
    graph.setSeed(3L);
    Ops tf = Ops.of(graph);
    Tensor ids = tf.placeholder("in/0", DataType.INT32, -1, 9);
    Tensor length = tf.placeholder("in/1", DataType.INT32, -1);
    Tensor y = tf.placeholder("y", DataType.FLOAT32, -1, 2);
    Tensor rows = tf.gather(tf.getVariable("embedding", 20, 6), ids);
    Tensor seen = tf.layers().conv1d(rows, 8, 3, Tensor::relu);
    var both =
        Rnn.bidirectionalDynamicRnn(new LSTMCell(5), new GRUCell(4), seen)
            .sequenceLength(length)
            .build();
    Tensor all = both.outputs();
    Tensor logits = tf.layers().dense(tf.reduceMean(all, 1), 2);
    Tensor prediction = tf.softmax(logits).as("out/0");
    Tensor last = all.slice(Index.all(), Index.at(-1)).as("out/1");
    Operation step =
        new AdamOptimizer(0.02f)
            .minimize(tf.reduceMean(tf.softmaxCrossEntropyWithLogits(y, logits)));
    GraphDef frozen;
    List<TensorValue> want;
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      for (int i = 0; i < 10; i++) {
        s.feed(ids, words).feed(length, lengths).feed(y, labels).run(step);
      }
      var got = s.feed(ids, words).feed(length, lengths).fetch(prediction, last);
      want = List.of(got.value(0), got.value(1));
      frozen = GraphTransforms.freeze(s, prediction, last);
    }
    assertThat(frozen.getNodeList()).extracting(NodeDef::getOp).doesNotContainAnyElementsOf(STATE);
    assertThat(frozen.getNodeList()).extracting(NodeDef::getName).doesNotContain("y");
    Graph judged = new Graph();
    Ops feeds = Ops.of(judged);
    feeds.constant("feed/0", words);
    feeds.constant("feed/1", lengths);
    judged.importGraphDef(frozen);
    List<TensorValue> there =
        TensorFlowJudge.run(Map.of("frozen", judged.toGraphDef()), dir).get("frozen");
    for (int k = 0; k < 2; k++) {
      assertThat(there.get(k).shape()).isEqualTo(want.get(k).shape());
      for (int i = 0; i < want.get(k).size(); i++) {
        float w = want.get(k).floats()[i];
        assertThat(there.get(k).floats()[i]).isCloseTo(w, within(1e-5f * Math.abs(w) + 1e-6f));
      }
    }
  }
}
