package dev.millrace.ops;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Products of tensors of any rank, made of transposes, reshapes and matrix products. */
abstract class ContractionApi extends CandidateApi {
  ContractionApi(Graph graph) {
    super(graph);
  }

  /**
   * The sum of products over the last {@code n} axes of a and the first {@code n} of b; with {@code
   * n} 0 their outer product.
   */
  public Tensor tensordot(Object a, Object b, int n) {
    Output x = convert(a, dtypeOf(b), "a");
    int rank = knownRank(x, "tensordot");
    if (n < 0 || n > rank) {
      throw error("tensordot cannot sum over " + n + " axes of a tensor of shape " + x.shape());
    }
    return tensordot(
        x, b, IntStream.range(rank - n, rank).toArray(), IntStream.range(0, n).toArray());
  }

  /**
   * The sum of products over {@code axesA} of a and {@code axesB} of b, pair by pair: of shape [a's
   * other axes, b's other axes].
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the ranks are not known, or the pairs'
   *     sizes differ
   */
  public Tensor tensordot(Object a, Object b, int[] axesA, int[] axesB) {
    try (Scope s = graph().nameScope("Tensordot")) {
      Output x = convert(a, dtypeOf(b), "a");
      Output y = convert(b, x.dtype(), "b");
      int[] sumX = axes(axesA, knownRank(x, "tensordot"));
      int[] sumY = axes(axesB, knownRank(y, "tensordot"));
      checkPairs(x, sumX, y, sumY);
      int[] freeX = others(x, sumX);
      int[] freeY = others(y, sumY);
      Tensor left = grouped(x, List.of(freeX, sumX));
      Tensor right = grouped(y, List.of(sumY, freeY));
      List<Object> sizes = new ArrayList<>(sizes(x, freeX));
      sizes.addAll(sizes(y, freeY));
      return inShape(s.name(), matmul(left, right), sizes)
          .setShape(select(x.shape(), freeX).concat(select(y.shape(), freeY)));
    }
  }

  private static int knownRank(Output x, String what) {
    if (!x.shape().hasRank()) {
      throw error(what + " needs tensors of known rank, not " + x);
    }
    return x.shape().rank();
  }

  private static int[] axes(int[] axes, int rank) {
    int[] r = Arrays.stream(given(axes, "the axes")).map(i -> axis(i, rank, "tensordot")).toArray();
    if (Arrays.stream(r).distinct().count() < r.length) {
      throw error("tensordot: an axis stands twice in " + Arrays.toString(axes));
    }
    return r;
  }

  private static void checkPairs(Output x, int[] sumX, Output y, int[] sumY) {
    boolean fits = sumX.length == sumY.length;
    for (int i = 0; fits && i < sumX.length; i++) {
      long m = x.shape().dim(sumX[i]);
      long n = y.shape().dim(sumY[i]);
      fits = m == n || m == Shape.UNKNOWN || n == Shape.UNKNOWN;
    }
    if (!fits) {
      throw error(
          "tensordot: axes "
              + Arrays.toString(sumX)
              + " of "
              + x.shape()
              + " do not pair with axes "
              + Arrays.toString(sumY)
              + " of "
              + y.shape());
    }
  }

  private static int[] others(Output x, int[] axes) {
    return IntStream.range(0, x.shape().rank())
        .filter(i -> Arrays.stream(axes).noneMatch(a -> a == i))
        .toArray();
  }

  private static Shape select(Shape s, int[] axes) {
    return Shape.of(Arrays.stream(axes).mapToLong(s::dim).toArray());
  }

  // ---- shapes that may be known only when run

  /** Each axis' size: a number where it is known, else a scalar. */
  private List<Object> sizes(Output x, int... axes) {
    List<Object> r = new ArrayList<>();
    for (int i : axes) {
      long n = x.shape().dim(i);
      r.add(n == Shape.UNKNOWN ? (Object) get(shapeTensor(x), i) : (Object) (int) n);
    }
    return r;
  }

  /** The product of the axes' sizes: a number where all are known, else a scalar. */
  private Object size(Output x, int... axes) {
    Shape s = select(x.shape(), axes);
    return s.isFullyDefined()
        ? (Object) (int) s.numElements()
        : reduceProd(gather(shapeTensor(x), axes));
  }

  /** x with its axes put into these groups, each one axis of the result. */
  private Tensor grouped(Output x, List<int[]> groups) {
    int[] perm = groups.stream().flatMapToInt(Arrays::stream).toArray();
    boolean inOrder = IntStream.range(0, perm.length).allMatch(i -> perm[i] == i);
    List<Object> sizes = groups.stream().map(g -> size(x, g)).toList();
    Tensor t = inOrder ? tensor(x) : transpose(x, perm);
    return groups.stream().allMatch(g -> g.length == 1) ? t : inShape("Reshape", t, sizes);
  }

  /** x in the shape of these sizes, numbers or scalars. */
  private Tensor inShape(String name, Operand x, List<Object> sizes) {
    List<Object> shape = new ArrayList<>(sizes);
    long open = sizes.stream().filter(Operand.class::isInstance).count();
    boolean follows = open == 1 && sizes.stream().noneMatch(n -> n.equals(0));
    if (follows) {
      shape.replaceAll(n -> n instanceof Operand ? (Object) Integer.valueOf(-1) : n);
    }
    if (open == 0 || follows) {
      long[] dims = shape.stream().mapToLong(n -> (Integer) n).toArray();
      return node("Reshape", name, x, sizes(dims, "shape", true));
    }
    return node("Reshape", name, x, sizes(shape, "shape", true));
  }

  // ---- Einstein's convention

  /**
   * A product of tensors written by Einstein's convention: a letter names a dimension, those that
   * the result lacks are summed over.
   *
   * <pre>{@code
   * tf.einsum("ij,jk->ik", a, b)       // the matrix product
   * tf.einsum("bij,bjk->bik", a, b)    // of each pair of a batch
   * tf.einsum("...ij,...jk->...ik", a, b) // of batches of any rank, which broadcast
   * tf.einsum("ij->ji", a)             // the transpose
   * }</pre>
   *
   * <p>Without an arrow the result has the letters that stand once, in alphabetical order. Operands
   * are multiplied from left to right. A letter twice in one operand, a diagonal, is not supported,
   * as in TensorFlow 1.15.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the equation is wrong or does not fit
   *     the operands, whose ranks must be known
   */
  public Tensor einsum(String equation, Object... xs) {
    try (Scope s = graph().nameScope("einsum")) {
      List<Output> ins = new ArrayList<>();
      for (Object x : given(xs, "the tensors")) {
        ins.add(convert(x, dtypeOf(xs), "input"));
      }
      List<Integer> ranks = ins.stream().map(x -> knownRank(x, "einsum")).toList();
      EinsumEquation e = EinsumEquation.parse(given(equation, "the equation"), ranks);
      checkSizes(equation, e, ins);
      Labelled r = new Labelled(ins.get(0), e.inputs().get(0));
      for (int i = 1; i < ins.size(); i++) {
        String later = e.output() + String.join("", e.inputs().subList(i + 1, ins.size()));
        r = multiply(r, new Labelled(ins.get(i), e.inputs().get(i)), later);
      }
      r = summed(r, e.output());
      int[] perm = e.output().chars().map(r.labels::indexOf).toArray();
      boolean inOrder = r.labels.equals(e.output());
      return node("Identity", s.name(), inOrder ? r.x : transpose(r.x, perm));
    }
  }

  /** A tensor with a letter for each dimension. */
  private record Labelled(Output x, String labels) {
    int[] axes(String of) {
      return of.chars().map(labels::indexOf).toArray();
    }
  }

  private static void checkSizes(String equation, EinsumEquation e, List<Output> ins) {
    for (char c : String.join("", e.inputs()).toCharArray()) {
      long size = Shape.UNKNOWN;
      for (int i = 0; i < ins.size(); i++) {
        int at = e.inputs().get(i).indexOf(c);
        long n = at < 0 ? Shape.UNKNOWN : ins.get(i).shape().dim(at);
        boolean stretches = EinsumEquation.isBatch(c) && (n == 1 || size == 1);
        if (n != Shape.UNKNOWN && size != Shape.UNKNOWN && n != size && !stretches) {
          throw error("einsum \"" + equation + "\": '" + c + "' has sizes " + size + " and " + n);
        }
        size = Math.max(size, n);
      }
    }
  }

  /** The labels of {@code from} that are, or are not, in {@code other}. */
  private static String labels(String from, String other, boolean in) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < from.length(); i++) {
      char c = from.charAt(i);
      if (other.indexOf(c) >= 0 == in) {
        b.append(c);
      }
    }
    return b.toString();
  }

  /** Summed over the labels that nothing asks for. */
  private Labelled summed(Labelled a, String keep) {
    String gone = labels(a.labels, keep, false);
    if (gone.isEmpty()) {
      return a;
    }
    Tensor sum = reduceSum(a.x, a.axes(gone));
    return new Labelled(sum.asOutput(), labels(a.labels, keep, true));
  }

  /** The product, summed over the labels that neither the result nor a later operand has. */
  private Labelled multiply(Labelled left, Labelled right, String later) {
    Labelled a = summed(left, right.labels + later);
    Labelled b = summed(right, left.labels + later);
    String both = labels(a.labels, b.labels, true);
    String sum = labels(both, later, false);
    if (sum.chars().anyMatch(c -> EinsumEquation.isBatch((char) c))) {
      return summed(broadcast(a, b), later);
    }
    if (sum.isEmpty()) {
      return broadcast(a, b);
    }
    String batch = labels(both, later, true);
    String onlyA = labels(a.labels, both, false);
    String onlyB = labels(b.labels, both, false);
    Tensor x = grouped(a.x, groups(a, batch, onlyA, sum));
    Tensor y = grouped(b.x, groups(b, batch, sum, onlyB));
    Tensor product = matmul(x, y);
    List<Object> sizes = new ArrayList<>();
    for (int i = 0; i < batch.length(); i++) {
      sizes.addAll(sizes(product.asOutput(), i));
    }
    sizes.addAll(sizes(a.x, a.axes(onlyA)));
    sizes.addAll(sizes(b.x, b.axes(onlyB)));
    boolean whole = onlyA.length() == 1 && onlyB.length() == 1;
    Tensor r = whole ? product : inShape("Reshape", product, sizes);
    return new Labelled(r.asOutput(), batch + onlyA + onlyB);
  }

  /** Each batch label by itself, so that matmul broadcasts it, then the two groups. */
  private static List<int[]> groups(Labelled a, String batch, String first, String second) {
    List<int[]> r = new ArrayList<>();
    for (int i : a.axes(batch)) {
      r.add(new int[] {i});
    }
    r.add(a.axes(first));
    r.add(a.axes(second));
    return r;
  }

  /** The product without a sum: both with all labels, those that one lacks of size 1. */
  private Labelled broadcast(Labelled a, Labelled b) {
    String all = a.labels + labels(b.labels, a.labels, false);
    return new Labelled(mul(spread(a, all), spread(b, all)).asOutput(), all);
  }

  private Operand spread(Labelled a, String all) {
    String own = labels(all, a.labels, true);
    Operand x = own.equals(a.labels) ? a.x : transpose(a.x, a.axes(own));
    if (own.equals(all)) {
      return x;
    }
    List<Object> sizes = new ArrayList<>();
    for (int i = 0; i < all.length(); i++) {
      int at = own.indexOf(all.charAt(i));
      sizes.addAll(at < 0 ? List.of((Object) 1) : sizes(x.asOutput(), at));
    }
    return inShape("Reshape", x, sizes);
  }
}
