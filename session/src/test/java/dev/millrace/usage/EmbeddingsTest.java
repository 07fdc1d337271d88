package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionStrategy;
import dev.millrace.ops.PartitionedVariable;
import dev.millrace.ops.Partitioners;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of tables in one piece and in shards: row i of the whole holds i and 100 + i. */
class EmbeddingsTest {
  private static final int[][] IDS = {{3, 0, 12}, {7, 3, 5}};

  private final Ops tf = Ops.of(new Graph());

  private static float[] row(int id) {
    return new float[] {id, 100 + id};
  }

  private static float[][] rows(IntStream ids) {
    return ids.mapToObj(EmbeddingsTest::row).toArray(float[][]::new);
  }

  private static double[] wanted() {
    return Arrays.stream(IDS)
        .flatMapToInt(Arrays::stream)
        .boxed()
        .flatMap(i -> Stream.of((double) i, 100.0 + i))
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** The ids of each shard, by the rule in {@link PartitionStrategy}'s description. */
  private static List<IntStream> shards(PartitionStrategy strategy, int rows, int n) {
    List<IntStream> r = new ArrayList<>();
    int from = 0;
    for (int p = 0; p < n; p++) {
      int shard = p;
      int size = rows / n + (p < rows % n ? 1 : 0);
      r.add(
          strategy == PartitionStrategy.MOD
              ? IntStream.range(0, rows).filter(i -> i % n == shard)
              : IntStream.range(from, from + size));
      from += size;
    }
    return r;
  }

  @Test
  void aTableInOnePiece() {
    Variable table = tf.variable("table", rows(IntStream.range(0, 13)));
    Tensor x = tf.embeddingLookup(table, IDS);
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3, 2));
    assertThat(x.op().name()).isEqualTo("embedding_lookup/Identity_1");
    assertThat(tf.graph().operation("embedding_lookup").type()).isEqualTo("ResourceGather");
    Values.check(tf, x, wanted());
    Tensor constant = tf.constant(rows(IntStream.range(0, 13)));
    Values.check(tf, tf.embeddingLookup(constant, new long[] {12}), 12, 112);
    Values.check(tf, tf.embeddingLookup(constant, 12), 12, 112);
    Values.check(tf, tf.embeddingLookup(List.of(constant), 12), 12, 112);
  }

  @ParameterizedTest
  @EnumSource(PartitionStrategy.class)
  void shardsOfVariables(PartitionStrategy strategy) {
    for (int n : new int[] {2, 5, 13}) {
      List<Variable> tables = new ArrayList<>();
      for (IntStream ids : shards(strategy, 13, n)) {
        tables.add(tf.variable("table", rows(ids)));
      }
      Tensor x = tf.embeddingLookup(tables, IDS, strategy, null);
      assertThat(x.shape()).isEqualTo(Shape.of(2, 3, 2));
      Values.check(tf, x, wanted());
      Tensor ids = tf.placeholder(DataType.INT64, Shape.unknown());
      Tensor open = tf.embeddingLookup(tables, ids, strategy, null);
      Values.assertClose(
          Values.of(tf, open, Map.of(ids, new long[][] {{3, 0, 12}, {7, 3, 5}})), wanted(), 0);
      assertThat(Values.of(tf, open, Map.of(ids, new long[0])).shape()).isEqualTo(Shape.of(0, 2));
    }
  }

  @ParameterizedTest
  @EnumSource(PartitionStrategy.class)
  void shardsOfUnknownSize(PartitionStrategy strategy) {
    List<Tensor> tables = new ArrayList<>();
    for (IntStream ids : shards(strategy, 13, 4)) {
      tables.add(tf.placeholderWithDefault(rows(ids), Shape.of(-1, -1)));
    }
    Tensor x = tf.embeddingLookup(tables, IDS, strategy, null);
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3, -1));
    Values.check(tf, x, wanted());
  }

  @Test
  void aVariableInParts() {
    PartitionedVariable table =
        tf.sharedVariable("table")
            .initialValue(rows(IntStream.range(0, 13)))
            .partitioner(Partitioners.fixedSize(4))
            .getPartitioned();
    Values.check(tf, tf.embeddingLookup(table, IDS, PartitionStrategy.DIV, null), wanted());
    Values.check(tf, table.slice(Index.at(12)), 12, 112);
    PartitionedVariable wide =
        tf.sharedVariable("wide")
            .shape(4, 4)
            .partitioner(Partitioners.fixedSize(2, 1))
            .getPartitioned();
    assertThatThrownBy(() -> tf.embeddingLookup(wide, 0))
        .hasMessageContaining("'wide' is cut along axis 1, not into rows");
    assertThatThrownBy(() -> tf.embeddingLookup(List.of(), 0))
        .hasMessageContaining("at least one shard");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void longRowsAreScaledDown(int shards) {
    float[][] table = {{3, 4}, {0.3f, 0.4f}, {0, 0}, {-6, 8}};
    Object params = tf.constant(table);
    if (shards == 2) {
      params =
          List.of(
              tf.constant(new float[][] {{3, 4}, {0, 0}}),
              tf.constant(new float[][] {{0.3f, 0.4f}, {-6, 8}}));
    }
    Tensor x = tf.embeddingLookup(params, new int[] {3, 0, 1, 2}, PartitionStrategy.MOD, 2.0);
    Values.check(tf, x, -1.2, 1.6, 1.2, 1.6, 0.3, 0.4, 0, 0);
    Tensor scalars = tf.constant(new float[] {5, -0.5f});
    Values.check(
        tf, tf.embeddingLookup(scalars, new int[] {0, 1}, PartitionStrategy.MOD, 2.0), 2, -0.5);
    Tensor unknown = tf.placeholder(DataType.INT32, Shape.unknown());
    Object shard = params;
    assertThatThrownBy(() -> tf.embeddingLookup(shard, unknown, PartitionStrategy.MOD, 2.0))
        .hasMessageContaining("maxNorm needs ids and rows of known rank");
  }

  @Test
  void partitionsAndTheirUndoing() {
    Tensor x = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
    List<Tensor> parts = tf.dynamicPartition(x, new int[] {1, 0, 1, 2}, 4);
    Values.check(tf, parts.get(0), 3, 4);
    Values.check(tf, parts.get(1), 1, 2, 5, 6);
    assertThat(parts.get(3).shape()).isEqualTo(Shape.of(0, 2));
    assertThat(Values.of(tf, parts.get(3)).shape()).isEqualTo(Shape.of(0, 2));
    List<Tensor> at = tf.dynamicPartition(tf.range(4), new int[] {1, 0, 1, 2}, 4);
    Values.check(tf, tf.dynamicStitch(at, parts), 1, 2, 3, 4, 5, 6, 7, 8);
    Values.check(tf, tf.parallelDynamicStitch(at, parts), 1, 2, 3, 4, 5, 6, 7, 8);
    Tensor fed = tf.placeholder(DataType.INT32, -1);
    Tensor part = tf.dynamicPartition(new String[] {"a", "b"}, fed, 2).get(1);
    assertThat(Values.of(tf, part, Map.of(fed, new int[] {0, 1})))
        .isEqualTo(TensorValue.of(new String[] {"b"}));
    assertThatThrownBy(() -> Values.of(tf, part, Map.of(fed, new int[] {0, 2})))
        .hasMessageContaining("partitions");
  }
}
