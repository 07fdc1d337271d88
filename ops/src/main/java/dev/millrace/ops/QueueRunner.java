package dev.millrace.ops;

import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.StatusCode;
import java.util.List;

/**
 * What fills a queue: the enqueue operations, each for a thread of its own that runs it again and
 * again. A session's {@code QueueRunners.start} starts the threads of those in the collection
 * QUEUE_RUNNERS, to which {@link #addTo} adds one.
 *
 * @param queue the queue that is filled
 * @param enqueueOps each run by a thread of its own; the same one may stand there several times
 * @param closeOp closes the queue when all threads have come to the end of what there is
 * @param cancelOp closes it when the threads are to stop
 * @param endCodes the failures that mean the end of what there is: OUT_OF_RANGE by default
 */
public record QueueRunner(
    Queue queue,
    List<Operation> enqueueOps,
    Operation closeOp,
    Operation cancelOp,
    List<StatusCode> endCodes) {
  public QueueRunner {
    enqueueOps = List.copyOf(enqueueOps);
    endCodes = List.copyOf(endCodes);
  }

  /** A runner that closes the queue by operations of its own. */
  public QueueRunner(Queue queue, List<Operation> enqueueOps) {
    this(queue, enqueueOps, queue.close(), queue.close(true), List.of(StatusCode.OUT_OF_RANGE));
  }

  /** Adds this to the collection QUEUE_RUNNERS. */
  public QueueRunner addTo(Ops tf) {
    tf.graph().addToCollection(GraphKeys.QUEUE_RUNNERS, this);
    return this;
  }
}
