package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.record.RecordWriter;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.Example;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.QueueRunnerDef;
import dev.millrace.session.Coordinator;
import dev.millrace.session.Fetches;
import dev.millrace.session.QueueRunners;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Input pipelines in meta graphs: the queue runners of the collection fill the queues, and the
 * batches are those of TensorFlow 1.15.0, to the end of the input.
 */
@Timeout(120)
class PipelineInteropTest {
  private static final int LINES = 23;
  private static final String TWO_THREADS = "shuffled by two threads";

  @TempDir private Path dir;

  /** A pipeline, and which of its tensors are the parts of a batch. */
  private record Pipeline(MetaGraphDef meta, List<String> parts) {}

  @Test
  void runnersOfMetaGraphsFillTheirQueues() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, Pipeline> all = new LinkedHashMap<>();
    all.put(
        "csv", new Pipeline(PythonPipelines.csv(csv()), List.of("batch:0", "batch:1", "batch:2")));
    all.put(
        "records",
        new Pipeline(PythonPipelines.oldRecords(records()), List.of("batch:0", "batch:1")));
    all.put(
        "shuffled",
        new Pipeline(PythonPipelines.shuffled(csv(), LINES + 2, 1), List.of("batch:0")));
    all.put(
        TWO_THREADS,
        new Pipeline(PythonPipelines.shuffled(csv(), LINES + 2, 2), List.of("batch:0")));
    all.put("here", builtHere());
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    for (Map.Entry<String, Pipeline> p : all.entrySet()) {
      graphs.put(p.getKey(), forJudge(p.getValue()));
    }
    Map<String, List<TensorValue>> want = TensorFlowJudge.run(graphs, dir.resolve("work"));
    assertThat(want.get("csv")).hasSize(3 * 12); // two epochs of 23 lines, by 4
    assertThat(want.get("csv").get(35).shape().dim(0)).isEqualTo(2);
    for (Map.Entry<String, Pipeline> p : all.entrySet()) {
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = batches(p.getValue(), o);
        if (p.getKey().equals(TWO_THREADS)) { // which of them enqueues first is open
          assertThat(lines(got)).isEqualTo(lines(want.get(p.getKey()))).hasSize(LINES + 2);
        } else {
          assertThat(got).as("%s, %s", p.getKey(), o.mode()).isEqualTo(want.get(p.getKey()));
        }
      }
    }
  }

  private static List<String> lines(List<TensorValue> batches) {
    return batches.stream()
        .flatMap(b -> Arrays.stream(b.strings()))
        .map(b -> new String(b, StandardCharsets.UTF_8))
        .sorted()
        .toList();
  }

  private List<String> csv() throws Exception {
    List<String> files = new ArrayList<>();
    StringBuilder text = new StringBuilder("x,n,name\n");
    for (int i = 0; i < LINES; i++) {
      text.append(i / 4f).append(',').append(i % 3 == 0 ? "" : i).append(",\"a, ").append(i);
      text.append("\"\n");
      if (i == 9 || i == LINES - 1) {
        files.add(Files.writeString(dir.resolve("lines-" + i + ".csv"), text).toString());
        text = new StringBuilder("x,n,name\n");
      }
    }
    return files;
  }

  private List<String> records() throws Exception {
    List<String> files = new ArrayList<>();
    for (int f = 0; f < 2; f++) {
      Path file = dir.resolve("examples-" + f);
      try (RecordWriter w = new RecordWriter(Files.newOutputStream(file))) {
        for (int i = 0; i < 6; i++) {
          Example.Builder e = Example.newBuilder();
          var features = e.getFeaturesBuilder();
          var label = dev.millrace.proto.Feature.newBuilder();
          label.getInt64ListBuilder().addValue(10 * f + i);
          var row = dev.millrace.proto.Feature.newBuilder();
          for (int k = 0; k < i % 4; k++) {
            row.getFloatListBuilder().addValue(k + i / 8f);
          }
          features.putFeature("label", label.build());
          features.putFeature("row", row.build());
          w.write(e.build().toByteArray());
        }
      }
      files.add(file.toString());
    }
    return files;
  }

  /** The pipeline of docs/queues.md with one thread, exported. */
  private Pipeline builtHere() throws Exception {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Queue files = tf.inputs().epochs(2).shuffle(false).stringProducer(csv());
    Tensor line = tf.io().textLineReader(1).read(files).value();
    List<Tensor> columns =
        tf.io().decodeCsv(line, List.of(new float[] {}, new long[] {7}, new String[] {"?"}));
    Tensor cut = columns.get(2).setShape(dev.millrace.graph.Shape.scalar());
    List<Tensor> batch =
        tf.inputs()
            .dynamicPad(true)
            .allowSmallerFinalBatch(true)
            .batch(List.of(columns.get(0), cut), 5);
    tf.group("init", tf.localVariablesInitializer());
    MetaGraphDef meta = MetaGraph.writer(graph).build();
    checkProtos(meta);
    return new Pipeline(meta, batch.stream().map(t -> t.asOutput().name()).toList());
  }

  /** The definitions as another reader of TensorFlow's messages understands them. */
  private static void checkProtos(MetaGraphDef meta) throws Exception {
    List<org.tensorflow.framework.QueueRunnerDef> all = new ArrayList<>();
    for (ByteString b : runnersOf(meta)) {
      all.add(org.tensorflow.framework.QueueRunnerDef.parseFrom(b.toByteArray()));
    }
    assertThat(all).hasSize(2);
    var producer = all.get(0);
    assertThat(producer.getQueueName()).isEqualTo("input_producer");
    assertThat(producer.getEnqueueOpNameList())
        .containsExactly("input_producer/input_producer_EnqueueMany");
    assertThat(producer.getCloseOpName()).isEqualTo("input_producer/input_producer_Close");
    assertThat(producer.getCancelOpName()).isEqualTo("input_producer/input_producer_Close_1");
    assertThat(producer.getQueueClosedExceptionTypesValueList()).containsExactly(11);
    assertThat(producer.getUnknownFields().asMap()).isEmpty();
  }

  private static List<ByteString> runnersOf(MetaGraphDef meta) {
    return meta.getCollectionDefOrThrow(GraphKeys.QUEUE_RUNNERS).getBytesList().getValueList();
  }

  /** The graph with the judge's names for what fills queues. */
  private static GraphDef forJudge(Pipeline p) throws Exception {
    GraphDef.Builder g = p.meta.getGraphDef().toBuilder();
    int queue = 0;
    for (ByteString b : runnersOf(p.meta)) {
      QueueRunnerDef d = QueueRunnerDef.parseFrom(b);
      String prefix = "queue/" + queue++;
      for (int j = 0; j < d.getEnqueueOpNameCount(); j++) {
        g.addNode(running(prefix + "/enqueue/" + j, d.getEnqueueOpName(j)));
      }
      g.addNode(running(prefix + "/close", d.getCloseOpName()));
      g.addNode(running(prefix + "/cancel", d.getCancelOpName()));
    }
    Graph graph = new Graph();
    graph.importGraphDef(g.build());
    for (int k = 0; k < p.parts.size(); k++) {
      Ops.of(graph).identity(graph.output(p.parts.get(k))).as("batch/" + k);
    }
    return graph.toGraphDef().toBuilder().setVersions(g.getVersions()).build();
  }

  private static NodeDef running(String name, String op) {
    return NodeDef.newBuilder().setName(name).setOp("NoOp").addInput("^" + op).build();
  }

  /** The batches that come here until the input ends. */
  private static List<TensorValue> batches(Pipeline p, SessionOptions options) throws Exception {
    MetaGraph m = MetaGraph.importInto(new Graph(), p.meta, new ImportOptions().prefix("old"));
    List<TensorValue> all = new ArrayList<>();
    try (Session s = new Session(m.graph(), options)) {
      s.run(m.operation("init"));
      Coordinator coord = new Coordinator();
      List<Thread> threads = QueueRunners.start(s, coord);
      List<dev.millrace.graph.Output> parts =
          p.parts.stream().map(n -> m.tensor(n).asOutput()).toList();
      assertThatThrownBy(
              () -> {
                while (!coord.shouldStop()) {
                  Fetches f = s.runner().fetch(parts);
                  for (int k = 0; k < parts.size(); k++) {
                    all.add(f.value(k));
                  }
                }
              })
          .isInstanceOf(OutOfRangeException.class)
          .hasMessageContaining("old/" + p.parts.get(0).replaceFirst(":.*", ""));
      coord.requestStop();
      coord.join(threads);
      assertThat(threads).noneMatch(Thread::isAlive);
    }
    return all;
  }
}
