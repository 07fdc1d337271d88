package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Einstein's convention and tensordot against sums over all indices. */
class ContractionsTest {
  private static final Map<Character, Integer> SIZES =
      Map.of('b', 2, 'c', 3, 'i', 2, 'j', 3, 'k', 4, 'l', 2, 'm', 5);

  private final Ops tf = Ops.of(new Graph());
  private final Random random = new Random(5);

  private TensorValue random(long... dims) {
    Shape s = Shape.of(dims);
    double[] d = random.doubles(s.numElements(), -1, 1).toArray();
    return TensorValue.wrap(DataType.FLOAT64, s, d);
  }

  private static long[] dims(String labels) {
    return labels.chars().mapToLong(c -> SIZES.get((char) c)).toArray();
  }

  /** The definition: for each setting of all letters the product goes to the result's element. */
  private static double[] naive(List<String> in, String out, List<TensorValue> xs) {
    List<Character> letters =
        String.join("", in).chars().distinct().mapToObj(c -> (char) c).toList();
    double[] r = new double[(int) Shape.of(dims(out)).numElements()];
    int[] at = new int[letters.size()];
    while (true) {
      Map<Character, Integer> index = new HashMap<>();
      for (int i = 0; i < at.length; i++) {
        index.put(letters.get(i), at[i]);
      }
      double product = 1;
      for (int i = 0; i < in.size(); i++) {
        product *= xs.get(i).getDouble(offset(in.get(i), index));
      }
      r[offset(out, index)] += product;
      int k = at.length - 1;
      while (k >= 0 && ++at[k] == SIZES.get(letters.get(k))) {
        at[k--] = 0;
      }
      if (k < 0) {
        return r;
      }
    }
  }

  private static int offset(String labels, Map<Character, Integer> index) {
    int r = 0;
    for (char c : labels.toCharArray()) {
      r = r * SIZES.get(c) + index.get(c);
    }
    return r;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ij,jk->ik",
        "ij,kj->ik",
        "ji,jk->ki",
        "bij,bjk->bik",
        "bij,bkj->kbi",
        "bcij,bcjk->bcik",
        "bijk,bmjk->bim",
        "ij->ji",
        "ij->j",
        "ij->",
        "ijk->ki",
        "i,i->",
        "i,j->ij",
        "i,j->ji",
        "ij,ij->ij",
        "ij,ij->",
        "ij,j->ij",
        "bi,bj->bij",
        "ij,k->ik",
        "ij,jk,kl->il",
        "ij,jk,kl->",
        "bij,jk,bk->bi",
        "i,ij,j->",
        "ijk,jil->kl",
        "ijkl,km->mlij",
        "b,bi,bij->bj"
      })
  void einsum(String equation) {
    String[] sides = equation.split("->", -1);
    List<String> in = List.of(sides[0].split(","));
    List<TensorValue> xs = in.stream().map(t -> random(dims(t))).toList();
    double[] want = naive(in, sides[1], xs);

    Tensor fixed = tf.einsum(equation, xs.stream().map(tf::constant).toArray());
    assertThat(fixed.shape()).isEqualTo(Shape.of(dims(sides[1])));
    Values.assertClose(Values.of(tf, fixed), want, 1e-9);

    // The same with sizes that are known only when run.
    Map<Tensor, Object> feeds = new LinkedHashMap<>();
    List<Object> open = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      Tensor p = tf.placeholder(DataType.FLOAT64, Shape.ofRank(in.get(i).length()));
      feeds.put(p, xs.get(i));
      open.add(p);
    }
    Tensor varying = tf.einsum(equation, open.toArray());
    assertThat(varying.shape()).isEqualTo(Shape.ofRank(sides[1].length()));
    Values.assertClose(Values.of(tf, varying, feeds), want, 1e-9);
  }

  @Test
  void withoutAnArrowTheLettersThatStandOnceRemain() {
    TensorValue a = random(2, 3);
    TensorValue b = random(3, 4);
    Values.assertClose(
        Values.of(tf, tf.einsum("ki,ij", tf.constant(a), tf.constant(b))),
        Values.doubles(Values.of(tf, tf.einsum("ki,ij->jk", tf.constant(a), tf.constant(b)))),
        1e-12);
    Values.check(tf, tf.einsum("i", new float[] {1, 2}), 1, 2);
  }

  @Test
  void anEllipsisBroadcasts() {
    TensorValue a = random(2, 1, 3, 4);
    TensorValue b = random(5, 4, 2);
    Tensor product = tf.einsum("...ij,...jk->...ik", tf.constant(a), tf.constant(b));
    assertThat(product.shape()).isEqualTo(Shape.of(2, 5, 3, 2));
    Values.assertClose(
        Values.of(tf, product),
        Values.doubles(Values.of(tf, tf.matmul(tf.constant(a), tf.constant(b)))),
        1e-9);

    Tensor sum = tf.einsum("...ij,...jk->ik", tf.constant(a), tf.constant(b));
    Values.assertClose(
        Values.of(tf, sum),
        Values.doubles(Values.of(tf, tf.matmul(tf.constant(a), tf.constant(b)).reduceSum(0, 1))),
        1e-9);
    assertThat(tf.einsum("...ij", tf.constant(a)).shape()).isEqualTo(Shape.of(2, 1, 3, 4));
    assertThat(tf.einsum("i...->...i", tf.constant(a)).shape()).isEqualTo(Shape.of(1, 3, 4, 2));
    assertThat(tf.einsum("i...,i->...", tf.constant(a), tf.constant(random(2))).shape())
        .isEqualTo(Shape.of(1, 3, 4));
  }

  @Test
  void integersAreMultipliedToo() {
    Values.check(tf, tf.einsum("i,j->ij", new int[] {1, 2}, new int[] {3, 4}), 3, 4, 6, 8);
  }

  @ParameterizedTest
  @CsvSource({
    "ij;jk->ik, 2, 'for 2 tensors, not 1'",
    "ij, 3, 'has a letter for 2'",
    "ii->i, 2, 'has a letter twice'",
    "ij->jk, 2, 'no operand has the label ''k'''",
    "i..->i, 2, 'dots that are not one ellipsis'",
    "i1->i, 2, 'made of letters'",
    "...ijk->i, 2, 'does not fit a tensor of 2 dimensions'"
  })
  void wrongEquations(String equation, int rank, String message) {
    long[] dims = {2, 2, 2};
    Tensor x = tf.placeholder(DataType.FLOAT32, Shape.of(dims).slice(0, rank));
    assertThatThrownBy(() -> tf.einsum(equation.replace(';', ','), x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void sizesThatDoNotFit() {
    Tensor a = tf.zeros(DataType.FLOAT32, 2, 3);
    assertThatThrownBy(() -> tf.einsum("ij,jk->ik", a, a))
        .hasMessageContaining("'j' has sizes 3 and 2");
    assertThatThrownBy(() -> tf.einsum("ij", tf.placeholder(DataType.FLOAT32, Shape.unknown())))
        .hasMessageContaining("known rank");
    assertThatThrownBy(() -> tf.tensordot(a, a, 1))
        .hasMessageContaining("axes [1] of [2,3] do not pair with axes [0] of [2,3]");
    assertThatThrownBy(() -> tf.tensordot(a, a, new int[] {0, 0}, new int[] {0, 1}))
        .hasMessageContaining("stands twice");
    assertThatThrownBy(() -> tf.tensordot(a, a, new int[] {2}, new int[] {0}))
        .hasMessageContaining("axis 2");
  }

  @Test
  void tensordot() {
    TensorValue a = random(dims("bij"));
    TensorValue b = random(dims("jik"));
    Tensor x = tf.constant(a);
    Tensor y = tf.constant(b);
    Tensor pairs = tf.tensordot(x, y, new int[] {2, 1}, new int[] {0, -2});
    assertThat(pairs.shape()).isEqualTo(Shape.of(2, 4));
    Values.assertClose(
        Values.of(tf, pairs), naive(List.of("bij", "jik"), "bk", List.of(a, b)), 1e-9);
    Values.assertClose(
        Values.of(tf, tf.tensordot(x, y, 1)),
        naive(List.of("bij", "jlk"), "bilk", List.of(a, b)),
        1e-9);
    assertThat(tf.tensordot(x, y, 0).shape()).isEqualTo(Shape.of(2, 2, 3, 3, 2, 4));
    double dot = 0;
    for (double d : Values.doubles(a)) {
      dot += d * d;
    }
    Values.assertClose(Values.of(tf, tf.tensordot(x, x, 3)), new double[] {dot}, 1e-9);
  }

  @Test
  void tensordotOfSizesKnownOnlyWhenRun() {
    TensorValue a = random(dims("bij"));
    TensorValue b = random(dims("jik"));
    Tensor x = tf.placeholder(DataType.FLOAT64, -1, -1, -1);
    Tensor y = tf.placeholder(DataType.FLOAT64, 3, -1, -1);
    Tensor pairs = tf.tensordot(x, y, new int[] {2, 1}, new int[] {0, 1});
    assertThat(pairs.shape()).isEqualTo(Shape.of(-1, -1));
    Values.assertClose(
        Values.of(tf, pairs, Map.of(x, a, y, b)),
        naive(List.of("bij", "jik"), "bk", List.of(a, b)),
        1e-9);
    TensorValue none = Values.of(tf, pairs, Map.of(x, random(2, 0, 3), y, random(3, 0, 4)));
    assertThat(none.shape()).isEqualTo(Shape.of(2, 4));
    assertThat(Values.doubles(none)).containsOnly(0);
  }
}
