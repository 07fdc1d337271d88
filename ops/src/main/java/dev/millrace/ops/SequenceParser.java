package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says which features serialized SequenceExample messages have ({@link Io#sequenceParser}):
 * tf.io.parse_sequence_example. A context has features as an Example does; a list has a feature for
 * each step.
 *
 * <pre>{@code
 * var parsed = tf.io().sequenceParser()
 *     .context("label", INT64, Shape.scalar())
 *     .list("frames", FLOAT32, Shape.of(20))
 *     .parse(serialized);
 * Tensor frames = parsed.lists().get("frames"); // [batch, longest, 20]
 * Tensor lengths = parsed.lengths().get("frames");
 * }</pre>
 */
public final class SequenceParser {
  private final Ops ops;
  private final Map<String, Io.Dense> context = new LinkedHashMap<>();
  private final Map<String, DataType> sparseContext = new LinkedHashMap<>();
  private final Map<String, Io.Dense> lists = new LinkedHashMap<>();
  private final Map<String, DataType> sparseLists = new LinkedHashMap<>();
  private final Set<String> mayMiss = new LinkedHashSet<>();

  SequenceParser(Ops ops) {
    this.ops = ops;
  }

  /** A feature of the context that each example must have. */
  public SequenceParser context(String key, DataType type, Shape shape) {
    return context(key, type, shape, null);
  }

  /**
   * A feature of the context.
   *
   * @param shape of one example's values, fully known
   * @param defaultValue for examples without it; null where it is required
   */
  public SequenceParser context(String key, DataType type, Shape shape, Object defaultValue) {
    context.put(GraphApi.given(key, "the key"), dense(type, shape, defaultValue));
    return this;
  }

  private static Io.Dense dense(DataType type, Shape shape, Object defaultValue) {
    if (!GraphApi.given(shape, "the shape").isFullyDefined()) {
      throw GraphApi.error("a dense feature's shape must be known, not " + shape);
    }
    return new Io.Dense(GraphApi.given(type, "the dtype"), shape, defaultValue);
  }

  /** A feature of the context that has any number of values. */
  public SequenceParser sparseContext(String key, DataType type) {
    sparseContext.put(GraphApi.given(key, "the key"), GraphApi.given(type, "the dtype"));
    return this;
  }

  /** A list that each example must have, of features of one shape. */
  public SequenceParser list(String key, DataType type, Shape shape) {
    return list(key, type, shape, false);
  }

  /**
   * A list of features of one shape.
   *
   * @param shape of one step's values, fully known
   * @param mayMiss whether an example without it has an empty one
   */
  public SequenceParser list(String key, DataType type, Shape shape, boolean mayMiss) {
    lists.put(GraphApi.given(key, "the key"), dense(type, shape, null));
    if (mayMiss) {
      this.mayMiss.add(key);
    }
    return this;
  }

  /** A list whose features have any number of values; examples may be without. */
  public SequenceParser sparseList(String key, DataType type) {
    sparseLists.put(GraphApi.given(key, "the key"), GraphApi.given(type, "the dtype"));
    return this;
  }

  /**
   * What was parsed, by key.
   *
   * @param context [batch, …]
   * @param sparseContext [batch, most values]
   * @param lists [batch, longest, …]: 0 or empty strings behind the shorter ones
   * @param lengths the number of steps of each example's list, int64 [batch]
   * @param sparseLists [batch, longest, most values]
   */
  public record Parsed(
      Map<String, Tensor> context,
      Map<String, SparseTensor> sparseContext,
      Map<String, Tensor> lists,
      Map<String, Tensor> lengths,
      Map<String, SparseTensor> sparseLists) {}

  /**
   * The features of a batch (ParseSequenceExample).
   *
   * @param serialized a vector of strings
   */
  public Parsed parse(Object serialized) {
    try (var s = ops.graph().nameScope("ParseSequenceExample")) {
      List<Output> defaults = new ArrayList<>();
      for (Io.Dense d : context.values()) {
        String name = "context_dense_defaults_" + defaults.size();
        defaults.add(
            d.defaultValue() == null
                ? ops.constantNode(name, TensorValue.zeros(d.type(), Shape.of(0)))
                : ops.convert(d.defaultValue(), d.type(), name));
      }
      Operation op =
          ops.op("ParseSequenceExample", s.name())
              .input(ops.convert(serialized, DataType.STRING, "serialized"))
              .input(
                  ops.constantNode("debug_name", TensorValue.zeros(DataType.STRING, Shape.of(0))))
              .inputList(defaults)
              .attr("feature_list_dense_missing_assumed_empty", strings(mayMiss))
              .attr("context_sparse_keys", strings(sparseContext.keySet()))
              .attr("context_dense_keys", strings(context.keySet()))
              .attr("feature_list_sparse_keys", strings(sparseLists.keySet()))
              .attr("feature_list_dense_keys", strings(lists.keySet()))
              .attr("Ncontext_sparse", sparseContext.size())
              .attr("Ncontext_dense", context.size())
              .attr("Nfeature_list_sparse", sparseLists.size())
              .attr("Nfeature_list_dense", lists.size())
              .attr("context_sparse_types", types(sparseContext))
              .attr("feature_list_sparse_types", types(sparseLists))
              .attr(
                  "feature_list_dense_types",
                  AttrValue.ofTypes(lists.values().stream().map(Io.Dense::type).toList()))
              .attr("context_dense_shapes", shapes(context))
              .attr("feature_list_dense_shapes", shapes(lists))
              .build();
      List<Tensor> all = ops.tensors(op);
      int at = 3 * sparseContext.size();
      int behind = at + context.size();
      int dense = behind + 3 * sparseLists.size();
      return new Parsed(
          named(context.keySet(), all, at),
          sparse(sparseContext.keySet(), all, 0),
          named(lists.keySet(), all, dense),
          named(lists.keySet(), all, dense + lists.size()),
          sparse(sparseLists.keySet(), all, behind));
    }
  }

  private static AttrValue strings(Set<String> keys) {
    return AttrValue.ofStrings(List.copyOf(keys));
  }

  private static AttrValue types(Map<String, DataType> features) {
    return AttrValue.ofTypes(List.copyOf(features.values()));
  }

  private static AttrValue shapes(Map<String, Io.Dense> features) {
    return AttrValue.ofShapes(features.values().stream().map(Io.Dense::shape).toList());
  }

  private static Map<String, Tensor> named(Set<String> keys, List<Tensor> all, int at) {
    Map<String, Tensor> r = new LinkedHashMap<>();
    for (String k : keys) {
      r.put(k, all.get(at + r.size()));
    }
    return r;
  }

  private static Map<String, SparseTensor> sparse(Set<String> keys, List<Tensor> all, int at) {
    Map<String, SparseTensor> r = new LinkedHashMap<>();
    int n = keys.size();
    for (String k : keys) {
      int i = at + r.size();
      r.put(k, new SparseTensor(all.get(i), all.get(n + i), all.get(2 * n + i)));
    }
    return r;
  }
}
