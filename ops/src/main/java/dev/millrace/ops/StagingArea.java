package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Holds tuples of tensors for other operations or later runs ({@link Ops#stagingArea}):
 * tf.contrib.staging.StagingArea. The oldest is taken first.
 */
public final class StagingArea {
  private final Ops ops;
  private final String name;
  private final List<DataType> types;
  private final List<Shape> shapes;
  private final long capacity;
  private final long memoryLimit;

  private StagingArea(
      Ops ops,
      String name,
      List<DataType> types,
      List<Shape> shapes,
      long capacity,
      long memoryLimit) {
    this.ops = ops;
    this.name = name;
    this.types = types;
    this.shapes = shapes;
    this.capacity = capacity;
    this.memoryLimit = memoryLimit;
  }

  static StagingArea make(
      Ops ops,
      List<DataType> types,
      List<Shape> shapes,
      long capacity,
      long memoryLimit,
      String sharedName) {
    List<DataType> all = GraphApi.givenAll(types, "the dtypes");
    List<Shape> sizes = GraphApi.givenAll(shapes, "the shapes");
    if (!sizes.isEmpty() && sizes.size() != all.size()) {
      throw GraphApi.error(
          "a staging area has the shapes of all its components or of none: there are "
              + all.size()
              + " components and "
              + sizes.size()
              + " shapes");
    }
    if (capacity < 0 || memoryLimit < 0) {
      throw GraphApi.error(
          "the limits of a staging area are not negative: " + capacity + ", " + memoryLimit);
    }
    String name = GraphApi.given(sharedName, "the shared name");
    if (name.isEmpty()) { // its operations find each other by their shared name
      name = ops.graph().uniqueName("StagingArea", true);
    }
    return new StagingArea(ops, name, List.copyOf(all), List.copyOf(sizes), capacity, memoryLimit);
  }

  /** The name by which the area's operations find it. */
  public String name() {
    return name;
  }

  /** The components' dtypes. */
  public List<DataType> types() {
    return types;
  }

  /** The components' shapes; empty where the area was made without. */
  public List<Shape> shapes() {
    return shapes;
  }

  private OpBuilder about(OpBuilder b) {
    return b.attr("dtypes", AttrValue.ofTypes(types))
        .attr("capacity", capacity)
        .attr("memory_limit", memoryLimit)
        .attr("shared_name", name);
  }

  private OpBuilder begin(String type, String what) {
    return ops.op(type, called(what));
  }

  private String called(String what) {
    return name.substring(name.lastIndexOf('/') + 1) + "_" + what;
  }

  /**
   * Puts a tuple in, waiting for room where there is a limit (Stage).
   *
   * @param components a tensor or Java value for each component, or a list of them
   * @throws dev.millrace.graph.InvalidArgumentException if their number, dtypes or shapes do not
   *     fit
   */
  public Operation put(Object... components) {
    GraphApi.given(components, "the components");
    List<?> all =
        components.length == 1 && components[0] instanceof List<?> l && l.size() == types.size()
            ? l
            : Arrays.asList(components);
    if (all.size() != types.size()) {
      throw GraphApi.error(
          "staging area '"
              + name
              + "' has "
              + types.size()
              + " components; it cannot take "
              + all.size());
    }
    List<Output> converted = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Output x = ops.convert(all.get(i), types.get(i), "component_" + i);
      if (x.dtype() != types.get(i)
          || (!shapes.isEmpty() && !shapes.get(i).isCompatibleWith(x.shape()))) {
        throw GraphApi.error(
            "component "
                + i
                + " of staging area '"
                + name
                + "' is "
                + types.get(i)
                + (shapes.isEmpty() ? "" : shapes.get(i))
                + "; "
                + Results.describe(x)
                + " does not fit");
      }
      converted.add(x);
    }
    return about(begin("Stage", "put").inputList(converted)).build();
  }

  private List<Tensor> shaped(Operation op) {
    for (int i = 0; i < shapes.size(); i++) {
      op.output(i).setShape(shapes.get(i));
    }
    return ops.tensors(op);
  }

  /** Takes the oldest tuple, waiting for one (Unstage). */
  public List<Tensor> get() {
    return shaped(about(begin("Unstage", "get")).build());
  }

  /**
   * The tuple that is {@code index} places behind the oldest, which stays (StagePeek); waits for
   * it.
   *
   * @param index an int32 scalar
   */
  public List<Tensor> peek(Object index) {
    return shaped(about(ops.begin("StagePeek", called("peek"), index)).build());
  }

  /** How many tuples there are, an int32 scalar (StageSize). */
  public Tensor size() {
    return ops.finish(about(begin("StageSize", "size")));
  }

  /** Throws all away (StageClear). */
  public Operation clear() {
    return about(begin("StageClear", "clear")).build();
  }
}
