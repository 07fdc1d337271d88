package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import java.util.List;

/** Queues, and the ways to files, tables and summaries. */
abstract class QueueApi extends LoopApi {
  QueueApi(Graph graph) {
    super(graph);
  }

  /** Begins a queue, to say what it is. */
  public QueueBuilder newQueue() {
    return new QueueBuilder(self());
  }

  /**
   * A queue that gives its elements in the order in which they came (FIFOQueueV2).
   *
   * @param capacity how many elements it holds
   */
  public Queue fifoQueue(long capacity, DataType type, Shape shape) {
    return newQueue().capacity(capacity).component(type, shape).fifo();
  }

  /**
   * As {@link #fifoQueue(long, DataType, Shape)}, of tuples.
   *
   * @param shapes the components' shapes; empty where elements may be of different ones
   */
  public Queue fifoQueue(long capacity, List<DataType> types, List<Shape> shapes) {
    return newQueue().capacity(capacity).components(types, shapes).fifo();
  }

  /** A queue of tuples whose batches are padded with zeros to the largest (PaddingFIFOQueueV2). */
  public Queue paddingFifoQueue(long capacity, List<DataType> types, List<Shape> shapes) {
    return newQueue().capacity(capacity).components(types, shapes).padding();
  }

  /**
   * A queue of tuples that gives its elements in a random order (RandomShuffleQueueV2).
   *
   * @param minAfterDequeue how many elements stay behind, to choose among, until it is closed
   */
  public Queue randomShuffleQueue(
      long capacity, long minAfterDequeue, List<DataType> types, List<Shape> shapes) {
    return newQueue().capacity(capacity).components(types, shapes).randomShuffle(minAfterDequeue);
  }

  /**
   * A queue of tuples that gives the element of the least priority first (PriorityQueueV2).
   *
   * @param types the dtypes of the components behind the priority, an int64 scalar
   */
  public Queue priorityQueue(long capacity, List<DataType> types, List<Shape> shapes) {
    return newQueue().capacity(capacity).components(types, shapes).priority();
  }

  /** The runners that fill the graph's queues. */
  public List<QueueRunner> queueRunners() {
    return graph().collection(GraphKeys.QUEUE_RUNNERS, QueueRunner.class);
  }

  /** Input pipelines on queues: batches, shuffled or not, of what producers give. */
  public InputPipelines inputs() {
    return new InputPipelines(self());
  }

  /** Files, readers of records, and what makes tensors of text and bytes. */
  public Io io() {
    return new Io(self());
  }

  /** Lookup tables. */
  public Lookup lookup() {
    return new Lookup(self());
  }

  /** Summaries for TensorBoard. */
  public Summaries summary() {
    return new Summaries(self());
  }

  /** An operation, {@code init_all_tables}, that fills all lookup tables. */
  public Operation tablesInitializer() {
    return group(
        "init_all_tables",
        graph().collection(GraphKeys.TABLE_INITIALIZERS, Operation.class).toArray());
  }
}
