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

  // ---- several rows as one

  /**
   * The embeddings of the ids in each row of a sparse matrix, combined into one.
   *
   * @param params a table or its shards, as {@link #embeddingLookup(Object, Object)} takes them
   * @param ids int32 or int64; every row has one at least, in row-major order
   * @param weights what each id counts, at the same places; null for 1
   * @return [rows of ids, ...]; rows without ids at the end are left out
   */
  public Tensor embeddingLookupSparse(
      Object params, SparseTensor ids, SparseTensor weights, Combiner combiner) {
    return embeddingLookupSparse(params, ids, weights, combiner, PartitionStrategy.MOD, null);
  }

  /**
   * As above, with the partition strategy and the greatest norm of {@link #embeddingLookup(Object,
   * Object, PartitionStrategy, Double)}.
   */
  public Tensor embeddingLookupSparse(
      Object params,
      SparseTensor ids,
      SparseTensor weights,
      Combiner combiner,
      PartitionStrategy strategy,
      Double maxNorm) {
    given(ids, "the ids");
    given(combiner, "the combiner");
    try (Scope s = graph().nameScope("embedding_lookup_sparse")) {
      Tensor rows = cast(slice(ids.indices(), Index.all(), Index.at(0)), DataType.INT32);
      List<Tensor> unique = unique(ids.values());
      Tensor found = embeddingLookup(params, unique.get(0), strategy, maxNorm);
      Tensor at = unique.get(1);
      if (weights == null) {
        String op =
            switch (combiner) {
              case SUM -> "SparseSegmentSum";
              case MEAN -> "SparseSegmentMean";
              case SQRTN -> "SparseSegmentSqrtN";
            };
        return node(op, s.name(), found, at, rows);
      }
      Tensor each = gather(found, at);
      Tensor weight = weights.values();
      if (weight.dtype() != each.dtype()) {
        weight = cast(weight, each.dtype());
      }
      Tensor column = weight;
      for (int i = 1; i < each.shape().rank(); i++) {
        column = expandDims(column, -1);
      }
      Tensor sum = segmentSum(mul(each, column), rows);
      return switch (combiner) {
        case SUM -> node("Identity", s.name(), sum);
        case MEAN -> node("RealDiv", s.name(), sum, segmentSum(column, rows));
        case SQRTN -> node("RealDiv", s.name(), sum, sqrt(segmentSum(square(column), rows)));
      };
    }
  }

  /**
   * As {@link #embeddingLookupSparse(Object, SparseTensor, SparseTensor, Combiner)} for ids of any
   * rank and quality: negative ones, and those whose weight is not positive unless they are summed,
   * are left out, and rows that have none give zeros, or the embedding of {@code defaultId}.
   *
   * @param ids all dimensions but the last one are the result's first
   * @param defaultId an id for empty rows; null for zeros
   */
  public Tensor safeEmbeddingLookupSparse(
      Object params, SparseTensor ids, SparseTensor weights, Combiner combiner, Long defaultId) {
    given(ids, "the ids");
    given(combiner, "the combiner");
    Sparse sparse = self().sparse();
    try (Scope s = graph().nameScope("safe_embedding_lookup_sparse")) {
      Tensor outer = slice(ids.denseShape(), Index.upTo(-1));
      Tensor matrix =
          concat(0, reduceProd(outer).expandDims(0), slice(ids.denseShape(), Index.from(-1)));
      SparseTensor flat = sparse.reshape(ids, matrix);
      SparseTensor by =
          weights == null
              ? null
              : new SparseTensor(flat.indices(), weights.values(), flat.denseShape());
      Tensor valid = greaterEqual(flat.values(), 0);
      if (by != null && combiner != Combiner.SUM) {
        valid = logicalAnd(valid, greater(by.values(), 0));
      }
      flat = sparse.retain(flat, valid);
      by = by == null ? null : sparse.retain(by, valid);
      Sparse.Filled filled = sparse.fillEmptyRows(flat, defaultId == null ? 0L : defaultId);
      by = by == null ? null : sparse.fillEmptyRows(by, 1).tensor();
      Tensor rows = embeddingLookupSparse(params, filled.tensor(), by, combiner);
      if (defaultId == null) {
        rows = select(filled.emptyRows(), zerosLike(rows), rows);
      }
      Tensor shape =
          concat(0, cast(outer, DataType.INT32), slice(shapeTensor(rows), Index.from(1)));
      return reshape(rows, (Object) shape);
    }
  }
}
