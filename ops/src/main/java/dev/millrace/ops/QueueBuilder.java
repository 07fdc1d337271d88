package dev.millrace.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what a queue is; {@link Ops#newQueue} begins one.
 *
 * <pre>{@code
 * Queue q = tf.newQueue().component(FLOAT32, Shape.of(28, 28)).component(INT32, Shape.scalar())
 *     .capacity(100).randomShuffle(50);
 * }</pre>
 */
public final class QueueBuilder {
  private final Ops ops;
  private final List<DataType> types = new ArrayList<>();
  private final List<Shape> shapes = new ArrayList<>();
  private long capacity = -1;
  private String sharedName = "";
  private String name;
  private Long seed;

  QueueBuilder(Ops ops) {
    this.ops = ops;
  }

  /** Adds a component whose elements are all of one shape; in a padding queue sizes may be -1. */
  public QueueBuilder component(DataType type, Shape shape) {
    types.add(GraphApi.given(type, "the dtype"));
    shapes.add(GraphApi.given(shape, "the shape"));
    return this;
  }

  /** Adds a component whose elements may be of any shapes; then all are without shapes. */
  public QueueBuilder component(DataType type) {
    types.add(GraphApi.given(type, "the dtype"));
    return this;
  }

  /** Adds components; {@code shapes} may be empty. */
  public QueueBuilder components(List<DataType> types, List<Shape> shapes) {
    this.types.addAll(GraphApi.givenAll(types, "the dtypes"));
    this.shapes.addAll(GraphApi.givenAll(shapes, "the shapes"));
    return this;
  }

  /** How many elements there may be; any number by default. */
  public QueueBuilder capacity(long n) {
    capacity = n;
    return this;
  }

  /** Queues of one shared name are one. */
  public QueueBuilder sharedName(String shared) {
    sharedName = shared;
    return this;
  }

  public QueueBuilder name(String n) {
    name = n;
    return this;
  }

  /** The seed of the choices of a shuffling queue. */
  public QueueBuilder seed(long s) {
    seed = s;
    return this;
  }

  /** A queue that gives its elements in the order in which they came (FIFOQueueV2). */
  public Queue fifo() {
    return build(begin("FIFOQueueV2", "fifo_queue"), types, shapes);
  }

  /**
   * As {@link #fifo}, of elements of different shapes: batches are padded with zeros to the largest
   * (PaddingFIFOQueueV2).
   */
  public Queue padding() {
    return build(begin("PaddingFIFOQueueV2", "padding_fifo_queue"), types, shapes);
  }

  /**
   * A queue that gives its elements in a random order (RandomShuffleQueueV2).
   *
   * @param minAfterDequeue how many elements stay behind, to choose among, until it is closed
   */
  public Queue randomShuffle(long minAfterDequeue) {
    long[] seeds = ops.graph().seeds(seed);
    if (seed == null && ops.graph().seed() != null && !sharedName.isEmpty()) {
      seeds[1] = ofName(seeds[0] + sharedName);
    }
    OpBuilder b =
        begin("RandomShuffleQueueV2", "random_shuffle_queue")
            .attr("min_after_dequeue", minAfterDequeue)
            .attr("seed", seeds[0])
            .attr("seed2", seeds[1]);
    return build(b, types, shapes);
  }

  /** The seed that TensorFlow takes for a queue of a shared name, wherever it is made. */
  private static long ofName(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
      return ByteBuffer.wrap(digest).getInt() & 0x7fffffff;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * A queue that gives the element with the least priority first; the priority, an int64 scalar, is
   * a component before the others (PriorityQueueV2).
   */
  public Queue priority() {
    List<DataType> all = new ArrayList<>(List.of(DataType.INT64));
    all.addAll(types);
    List<Shape> allShapes = new ArrayList<>(List.of(Shape.scalar()));
    allShapes.addAll(shapes);
    return build(begin("PriorityQueueV2", "priority_queue"), all, allShapes);
  }

  private OpBuilder begin(String type, String defaultName) {
    if (!shapes.isEmpty() && shapes.size() != types.size()) {
      throw GraphApi.error(
          "a queue has the shapes of all its components or of none: there are "
              + types.size()
              + " components and "
              + shapes.size()
              + " shapes");
    }
    return ops.op(type, name == null ? defaultName : name)
        .attr("component_types", AttrValue.ofTypes(types))
        .attr("shapes", AttrValue.ofShapes(shapes))
        .attr("capacity", capacity)
        .attr("shared_name", sharedName);
  }

  private Queue build(OpBuilder b, List<DataType> all, List<Shape> allShapes) {
    return new Queue(ops, b.build().output(0), all, allShapes);
  }
}
