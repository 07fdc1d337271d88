package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of tables by their ids. */
abstract class EmbeddingApi extends SharingApi {
  EmbeddingApi(Graph graph) {
    super(graph);
  }

  /**
   * The rows of {@code params} at {@code ids}.
   *
   * @param params a table: a variable or tensor [rows, ...]; or its shards, a list of them or a
   *     {@link PartitionedVariable}, among which ids are shared out by {@link
   *     PartitionStrategy#MOD}
   * @param ids int32 or int64 of any shape
   * @return of shape {@code ids.shape + params.shape[1:]}
   */
  public Tensor embeddingLookup(Object params, Object ids) {
    return embeddingLookup(params, ids, PartitionStrategy.MOD, null);
  }

  /**
   * As {@link #embeddingLookup(Object, Object)}. Of a {@link PartitionedVariable}, whose parts are
   * cut in sequence, {@link PartitionStrategy#DIV} finds the rows by their places in the whole.
   *
   * @param maxNorm rows of a greater Euclidean norm are scaled down to it; null for as they are
   */
  public Tensor embeddingLookup(
      Object params, Object ids, PartitionStrategy strategy, Double maxNorm) {
    List<?> shards = shards(params);
    given(strategy, "the strategy");
    try (Scope s = graph().nameScope("embedding_lookup")) {
      Output i = convert(ids, null, "ids");
      return shards.size() == 1
          ? one(s.name(), shards.get(0), i, maxNorm)
          : several(s.name(), shards, i, strategy, maxNorm);
    }
  }

  private static List<?> shards(Object params) {
    List<?> r = List.of(given(params, "the table"));
    if (params instanceof PartitionedVariable p) {
      r = p.parts();
      if (p.axis() != 0) {
        throw error("'" + p.name() + "' is cut along axis " + p.axis() + ", not into rows");
      }
    } else if (params instanceof List<?> list
        && list.stream().allMatch(Operand.class::isInstance)) {
      r = list;
    }
    if (r.isEmpty()) {
      throw error("embeddingLookup needs at least one shard");
    }
    return r;
  }

  private Tensor one(String name, Object table, Output ids, Double maxNorm) {
    Tensor rows;
    if (table instanceof Variable v) {
      try (Scope place = colocateWith(v.op())) {
        rows = clipRows(v.sparseRead(ids, name), ids, maxNorm);
      }
    } else {
      Output t = convert(table, null, "params");
      try (Scope place = colocateWith(t.op())) {
        rows = clipRows(node("GatherV2", name, t, ids, axisZero()), ids, maxNorm);
      }
    }
    return identity(rows);
  }

  private Output axisZero() {
    return constantNode("axis", TensorValue.of(0));
  }

  private Tensor clipRows(Tensor rows, Output ids, Double maxNorm) {
    if (maxNorm == null) {
      return rows;
    }
    if (!ids.shape().hasRank() || !rows.shape().hasRank()) {
      throw error("maxNorm needs ids and rows of known rank, not " + ids + " and " + rows);
    }
    int[] axes = IntStream.range(ids.shape().rank(), rows.shape().rank()).toArray();
    return axes.length == 0
        ? clipByNorm(expandDims(rows, -1), maxNorm, -1).squeeze(-1)
        : clipByNorm(rows, maxNorm, axes);
  }

  private Tensor several(
      String name, List<?> shards, Output ids, PartitionStrategy strategy, Double maxNorm) {
    int n = shards.size();
    Tensor flat = reshape(ids, -1);
    Tensor places = range(sizeTensor(flat));
    Tensor shard;
    Tensor row;
    if (strategy == PartitionStrategy.MOD) {
      shard = mod(flat, n);
      row = floorDiv(flat, n);
    } else {
      // The first shards have one row more, as long as there are such.
      Tensor total = rowCount(shards, ids.dtype());
      Tensor each = maximum(floorDiv(total, n), 1);
      Tensor extras = mod(total, n);
      Tensor rest = sub(flat, extras);
      shard = maximum(floorDiv(flat, add(each, 1)), floorDiv(rest, each));
      row = where(less(shard, extras), mod(flat, add(each, 1)), mod(rest, each));
    }
    Tensor by = cast(shard, DataType.INT32);
    List<Tensor> rows = dynamicPartition(row, by, n);
    List<Tensor> at = dynamicPartition(places, by, n);
    List<Tensor> found = new ArrayList<>();
    Shape slice = Shape.unknown();
    for (int i = 0; i < n; i++) {
      try (Scope place = colocateWith(table(shards.get(i)))) {
        found.add(gather(shards.get(i), rows.get(i)));
      }
      slice = slice.merge(shapeOf(shards.get(i)).sliceFrom(1));
    }
    Tensor stitched = node("ParallelDynamicStitch", name, at, found);
    Tensor inner = slice(shapeTensor(stitched), Index.from(1));
    Object end = slice.isFullyDefined() ? (Object) constant(slice) : inner;
    Tensor r = reshape(stitched, concat(0, shapeTensor(ids), end));
    return clipRows(r.setShape(ids.shape().concat(slice)), ids, maxNorm);
  }

  private Operation table(Object shard) {
    return shard instanceof Variable v ? v.op() : ((Operand) shard).asOutput().op();
  }

  private static Shape shapeOf(Object shard) {
    return shard instanceof Variable v ? v.shape() : ((Operand) shard).asOutput().shape();
  }

  private Tensor rowCount(List<?> shards, DataType dtype) {
    long sum = 0;
    List<Object> sizes = new ArrayList<>();
    for (Object shard : shards) {
      long n = shapeOf(shard).hasRank() ? shapeOf(shard).dim(0) : Shape.UNKNOWN;
      sum = n == Shape.UNKNOWN || sum == Shape.UNKNOWN ? Shape.UNKNOWN : sum + n;
      sizes.add(n == Shape.UNKNOWN ? get(shapeTensor(shard), 0) : (Object) (int) n);
    }
    return sum == Shape.UNKNOWN ? cast(reduceSum(stack(sizes)), dtype) : constant(sum, dtype);
  }
}
