package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.StatusCode;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.QueueRunner;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.session.Coordinator;
import dev.millrace.session.QueueRunners;
import dev.millrace.session.Session;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queue runners that meta graphs hold. */
@Timeout(60)
class QueueRunnersTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Queue queue = tf.newQueue().component(DataType.INT32, Shape.scalar()).fifo();
  private final Operation enqueue = queue.enqueue(7);

  /** A meta graph with a runner of two threads. */
  private MetaGraphDef running(Operation fill, List<StatusCode> ends) {
    queue.dequeue().as("next");
    new QueueRunner(queue, List.of(fill, fill), queue.close(), queue.close(true), ends).addTo(tf);
    return MetaGraph.writer(graph).build();
  }

  private static MetaGraph imported(MetaGraphDef def) {
    return MetaGraph.importInto(new Graph(), def, new ImportOptions().prefix("in"));
  }

  @Test
  void runnersComeBack() {
    List<StatusCode> ends = List.of(StatusCode.OUT_OF_RANGE, StatusCode.UNAUTHENTICATED);
    MetaGraph m = imported(running(enqueue, ends));
    List<QueueRunner> all = Ops.of(m.graph()).queueRunners();
    assertThat(all).hasSize(1);
    QueueRunner r = all.get(0);
    assertThat(r.queue().name()).isEqualTo("in/fifo_queue");
    assertThat(r.queue().types()).containsExactly(DataType.INT32);
    assertThat(r.queue().shapes()).containsExactly(Shape.scalar());
    assertThat(r.enqueueOps())
        .extracting(Operation::name)
        .containsExactly("in/fifo_queue_enqueue", "in/fifo_queue_enqueue");
    assertThat(r.closeOp().name()).isEqualTo("in/fifo_queue_Close");
    assertThat(r.cancelOp().name()).isEqualTo("in/fifo_queue_Close_1");
    assertThat(r.endCodes()).isEqualTo(ends);
  }

  /** The failures that end the input are those that the meta graph names; others are failures. */
  @Test
  void theNamedFailuresEndTheInput() throws Exception {
    Operation failing;
    try (var after = tf.controlDependencies(tf.assertThat(false, List.of("no more")))) {
      failing = queue.enqueue(tf.identity(7));
    }
    MetaGraph ending = imported(running(failing, List.of(StatusCode.INVALID_ARGUMENT)));
    try (Session s = new Session(ending.graph())) {
      Coordinator coord = new Coordinator();
      List<Thread> threads = QueueRunners.start(s, coord);
      assertThatThrownBy(() -> s.fetch("in/next")).isInstanceOf(OutOfRangeException.class);
      coord.requestStop();
      coord.join(threads);
    }
    graph.clearCollection(GraphKeys.QUEUE_RUNNERS);
    MetaGraph failure = imported(running(failing, List.of(StatusCode.OUT_OF_RANGE)));
    try (Session s = new Session(failure.graph())) {
      Coordinator coord = new Coordinator();
      List<Thread> threads = QueueRunners.start(s, coord);
      assertThatThrownBy(() -> coord.join(threads))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("no more");
    }
  }

  /** As nodes that were cut away, a runner whose nodes were is left out. */
  @Test
  void aRunnerWithoutItsOperationsIsLeftOut() {
    MetaGraphDef.Builder def = running(enqueue, List.of(StatusCode.OUT_OF_RANGE)).toBuilder();
    List<NodeDef> kept =
        def.getGraphDef().getNodeList().stream()
            .filter(n -> !n.getName().endsWith("_Close_1"))
            .toList();
    def.getGraphDefBuilder().clearNode().addAllNode(kept);
    assertThat(imported(def.build()).graph().collection(GraphKeys.QUEUE_RUNNERS)).isEmpty();
  }

  @Test
  void whatMakesNoQueueIsNone() {
    Operation other = tf.constant(1).asOutput().op();
    assertThatThrownBy(() -> Queue.of(other))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'Const' (Const) makes no queue");
  }

  @Test
  void queuesByReferenceTakeTheOldOperations() {
    Operation old =
        tf.op("FIFOQueue", "old")
            .attr("component_types", dev.millrace.graph.AttrValue.ofTypes(List.of(DataType.INT32)))
            .attr("shapes", dev.millrace.graph.AttrValue.ofShapes(List.of(Shape.scalar())))
            .build();
    Queue q = Queue.of(old);
    try (Session s = new Session(graph)) {
      s.run(q.enqueueMany(new int[] {3, 4, 5}));
      s.run(q.enqueue(6));
      assertThat(s.fetch(q.size()).getInt(0)).isEqualTo(4);
      assertThat(s.fetchValue(q.dequeue()).ints()).containsExactly(3);
      s.run(q.close());
      assertThat(s.fetchValue(q.dequeueUpTo(9)).ints()).containsExactly(4, 5, 6);
      assertThat(s.fetchValue(q.isClosed()).toJava()).isEqualTo(true);
    }
  }
}
