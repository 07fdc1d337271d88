package dev.millrace.usage;

import static dev.millrace.usage.Values.check;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Combiner;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Sparse;
import dev.millrace.ops.SparseTensor;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** tf.sparse and embeddings of sparse ids, as they are used. */
class SparseTest {
  private final Ops tf = Ops.of(new Graph());
  private final Sparse sparse = tf.sparse();
  private final SparseTensor x =
      sparse.of(new long[][] {{0, 1}, {1, 0}, {1, 2}}, new float[] {2, -3, 4}, new long[] {3, 3});
  private final SparseTensor y =
      sparse.of(new long[][] {{0, 1}, {2, 2}}, new float[] {-2, 5}, new long[] {3, 3});

  private void checkAll(List<Operand> xs, double[]... want) {
    try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
      var got = s.runner().fetch(xs);
      for (int i = 0; i < want.length; i++) {
        Values.assertClose(got.value(i), want[i], 1e-5);
      }
    }
  }

  @Test
  void meetsDenseTensors() {
    checkAll(
        List.of(
            sparse.toDense(x),
            sparse.toDense(x, 9),
            sparse.matmul(x, tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}})),
            sparse.matmul(x, tf.constant(new float[][] {{1, 2, 3}}), true, true),
            sparse.addDense(x, tf.ones(DataType.FLOAT32, 3, 3)),
            sparse.multiply(x, tf.constant(new float[] {1, 2, 3})).values(),
            sparse.divide(x, 2).values(),
            sparse.softmax(x).values(),
            tf.cast(sparse.toIndicator(x), DataType.INT32)),
        new double[] {0, 2, 0, -3, 0, 4, 0, 0, 0},
        new double[] {9, 2, 9, -3, 9, 4, 9, 9, 9},
        new double[] {6, 8, 17, 18, 0, 0},
        new double[] {-6, 2, 8},
        new double[] {1, 3, 1, -2, 1, 5, 1, 1, 1},
        new double[] {4, -3, 12},
        new double[] {1, -1.5, 2},
        new double[] {1, 1 / (1 + Math.exp(7)), 1 / (1 + Math.exp(-7))},
        new double[] {0, 1, 0, 1, 0, 1, 0, 0, 0});
  }

  @Test
  void meetSparseTensorsAndAreReduced() {
    checkAll(
        List.of(
            sparse.add(x, y).values(),
            sparse.add(x, y, 1).values(),
            sparse.maximum(x, y).values(),
            sparse.minimum(x, y).values(),
            sparse.reduceSum(x, false),
            sparse.reduceSum(x, true, -1),
            sparse.reduceMax(x, false, 0),
            sparse.reduceSumSparse(x, false, 1).indices(),
            sparse.reduceMaxSparse(x, false, 1).values()),
        new double[] {0, -3, 4, 5},
        new double[] {-3, 4, 5},
        new double[] {2, 0, 4, 5},
        new double[] {-2, -3, 0, 0},
        new double[] {3},
        new double[] {2, 1, 0},
        new double[] {-3, 2, 4},
        new double[] {0, 1},
        new double[] {2, 4});
  }

  @Test
  void areRearranged() {
    List<SparseTensor> halves = sparse.split(x, 2, 1);
    SparseTensor reshaped = sparse.reshape(x, new long[] {-1});
    Sparse.Filled filled = sparse.fillEmptyRows(x, 7);
    SparseTensor back = sparse.fromDense(sparse.toDense(x));
    checkAll(
        List.of(
            sparse.toDense(sparse.concat(0, List.of(x, y))),
            sparse.toDense(halves.get(0)),
            halves.get(1).indices(),
            sparse.toDense(sparse.slice(x, new long[] {1, 0}, new long[] {2, 2})),
            reshaped.indices(),
            filled.tensor().values(),
            tf.cast(filled.emptyRows(), DataType.INT32),
            back.indices(),
            back.denseShape(),
            sparse.retain(x, new boolean[] {true, false, true}).values(),
            sparse
                .reorder(
                    sparse.of(new long[][] {{2, 0}, {0, 1}}, new int[] {1, 2}, new long[] {3, 3}))
                .values(),
            sparse.editDistance(x, y, false)),
        new double[] {0, 2, 0, -3, 0, 4, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0, 0, 5},
        new double[] {0, 2, -3, 0, 0, 0},
        new double[] {1, 0},
        new double[] {-3, 0, 0, 0},
        new double[] {1, 3, 5},
        new double[] {2, -3, 4, 7},
        new double[] {0, 0, 1},
        new double[] {0, 1, 1, 0, 1, 2},
        new double[] {3, 3},
        new double[] {2, 4},
        new double[] {2, 1},
        new double[] {1, 2, 1});
    assertThat(sparse.concat(1, List.of(x, y)).values().shape()).isEqualTo(Shape.of(5));
    assertThat(x.shape()).isEqualTo(Shape.of(3, 3));
  }

  @Test
  void areFedInParts() {
    Tensor indices = tf.placeholder("indices", DataType.INT64, -1, 2);
    Tensor values = tf.placeholder("values", DataType.FLOAT32, -1);
    SparseTensor fed = new SparseTensor(indices, values, tf.constant(new long[] {2, 2}));
    Tensor dense = sparse.toDense(sparse.add(fed, fed));
    try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
      TensorValue got =
          s.runner()
              .feed(indices, TensorValue.of(new long[][] {{0, 0}, {1, 1}}))
              .feed(values, new float[] {1, 2})
              .fetchValue(dense);
      assertThat(got.floats()).containsExactly(2, 0, 0, 4);
    }
  }

  @Test
  void embeddingsOfSparseIdsAreCombined() {
    Tensor table = tf.constant(new float[][] {{1, 1}, {2, 4}, {3, 9}, {4, 16}});
    SparseTensor ids =
        sparse.of(new long[][] {{0, 0}, {0, 1}, {1, 0}}, new long[] {1, 3, 1}, new long[] {2, 2});
    SparseTensor weights = ids.withValues(tf.constant(new float[] {1, 3, 2}));
    double root = Math.sqrt(2);
    checkAll(
        List.of(
            tf.embeddingLookupSparse(table, ids, null, Combiner.SUM),
            tf.embeddingLookupSparse(table, ids, null, Combiner.MEAN),
            tf.embeddingLookupSparse(table, ids, null, Combiner.SQRTN),
            tf.embeddingLookupSparse(table, ids, weights, Combiner.SUM),
            tf.embeddingLookupSparse(table, ids, weights, Combiner.MEAN),
            tf.embeddingLookupSparse(table, ids, weights, Combiner.SQRTN)),
        new double[] {6, 20, 2, 4},
        new double[] {3, 10, 2, 4},
        new double[] {6 / root, 20 / root, 2, 4},
        new double[] {14, 52, 4, 8},
        new double[] {3.5, 13, 2, 4},
        new double[] {14 / Math.sqrt(10), 52 / Math.sqrt(10), 2, 4});
    SparseTensor poor =
        sparse.of(new long[][] {{0, 0}, {0, 1}, {2, 0}}, new long[] {1, -1, 3}, new long[] {4, 2});
    check(
        tf,
        tf.safeEmbeddingLookupSparse(table, poor, null, Combiner.MEAN, null),
        2,
        4,
        0,
        0,
        4,
        16,
        0,
        0);
    check(
        tf,
        tf.safeEmbeddingLookupSparse(table, poor, null, Combiner.SUM, 2L),
        2,
        4,
        3,
        9,
        4,
        16,
        3,
        9);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> sparse.of(new long[][] {{0}}, new float[] {1, 2}, new long[] {3}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("are no sparse tensor");
    assertThatThrownBy(() -> new SparseTensor(x.values(), x.values(), x.denseShape()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("indices must be of rank 2");
    assertThatThrownBy(() -> sparse.concat(0, List.of(x)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("two sparse tensors");
    SparseTensor outside = sparse.of(new long[][] {{5}}, new float[] {1}, new long[] {3});
    try (Session s = new Session(tf.graph())) {
      assertThatThrownBy(() -> s.runner().fetchValue(sparse.toDense(outside)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("outside the shape");
    }
  }
}
