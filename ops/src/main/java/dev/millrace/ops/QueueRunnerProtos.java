package dev.millrace.ops;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.StatusCode;
import dev.millrace.proto.Code;
import dev.millrace.proto.QueueRunnerDef;
import java.util.List;
import java.util.function.Function;

/** Queue runners in the form that meta graphs have them. */
final class QueueRunnerProtos {
  private QueueRunnerProtos() {}

  /**
   * The runner that a definition describes.
   *
   * @param name the name that a node has in the graph, by that in the meta graph
   * @throws dev.millrace.graph.NotFoundException if the graph lacks an operation
   * @throws dev.millrace.graph.InvalidArgumentException if the queue is none
   */
  static QueueRunner read(QueueRunnerDef def, Graph graph, Function<String, String> name) {
    Function<String, Operation> operation = s -> operation(graph, name.apply(s));
    Queue queue = Queue.of(operation.apply(def.getQueueName()));
    List<StatusCode> ends =
        def.getQueueClosedExceptionTypesValueList().stream().map(StatusCode::ofNumber).toList();
    return new QueueRunner(
        queue,
        def.getEnqueueOpNameList().stream().map(operation).toList(),
        operation.apply(def.getCloseOpName()),
        operation.apply(def.getCancelOpName()),
        ends.isEmpty() ? List.of(StatusCode.OUT_OF_RANGE) : ends);
  }

  /** An operation by its name, or that of one of its outputs. */
  private static Operation operation(Graph graph, String name) {
    return name.contains(":") ? graph.output(name).op() : graph.operation(name);
  }

  static QueueRunnerDef write(QueueRunner r) {
    QueueRunnerDef.Builder b =
        QueueRunnerDef.newBuilder()
            .setQueueName(r.queue().name())
            .setCloseOpName(r.closeOp().name())
            .setCancelOpName(r.cancelOp().name());
    r.enqueueOps().forEach(op -> b.addEnqueueOpName(op.name()));
    r.endCodes().forEach(c -> b.addQueueClosedExceptionTypes(Code.forNumber(c.number())));
    return b.build();
  }
}
