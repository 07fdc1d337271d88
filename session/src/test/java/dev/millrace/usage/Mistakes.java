package dev.millrace.usage;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Index;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionStrategy;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.WindowOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Calls with one wrong argument each; {@code mistakes.txt} says what they are told. */
final class Mistakes {
  /**
   * A mistake.
   *
   * @param call as it stands in a program
   * @param program makes the mistake; what it gives is run if it gives anything
   */
  record Mistake(String call, Function<Ops, Object> program) {
    @Override
    public String toString() {
      return call;
    }
  }

  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I32 = DataType.INT32;
  private final List<Mistake> all = new ArrayList<>();

  private Mistakes() {
    arithmetic();
    reductions();
    making();
    pieces();
    joining();
    picking();
    networks();
    windows();
    linalg();
    numbers();
    random();
    state();
    flow();
    checks();
  }

  static List<Mistake> all() {
    return new Mistakes().all;
  }

  private void add(String call, Function<Ops, Object> program) {
    all.add(new Mistake(call, program));
  }

  // ---- inputs, whose values the graph does not know

  private static Tensor in(Ops tf, Object value) {
    Tensor t = tf.constant(value);
    return tf.placeholderWithDefault(t, t.shape());
  }

  private static Tensor f(Ops tf, long... dims) {
    return tf.placeholderWithDefault(tf.ones(F32, dims), Shape.of(dims));
  }

  private static Tensor i(Ops tf, int... values) {
    return in(tf, values);
  }

  /** Of a shape that the graph does not know. */
  private static Tensor u(Ops tf, long... dims) {
    return tf.placeholderWithDefault(tf.ones(F32, dims), Shape.unknown());
  }

  private void arithmetic() {
    add("add([2],[3])", tf -> tf.add(f(tf, 2), f(tf, 3)));
    add("add(?[2],?[3])", tf -> tf.add(u(tf, 2), u(tf, 3)));
    add("add(float,int)", tf -> tf.add(f(tf, 2), i(tf, 1, 2)));
    add("add(float,null)", tf -> tf.add(f(tf, 2), null));
    add("add(null,null)", tf -> tf.add(null, null));
    add("add(int,1.5)", tf -> tf.add(i(tf, 1), 1.5));
    add("add(float,object)", tf -> tf.add(f(tf, 2), new Object()));
    add("add(float,text)", tf -> tf.add(f(tf, 2), "x"));
    add("sub(bool,bool)", tf -> tf.sub(in(tf, true), in(tf, false)));
    add("mul(float,ragged)", tf -> tf.mul(f(tf, 2), new float[][] {{1}, {2, 3}}));
    add("div(string,1)", tf -> tf.div(in(tf, "a"), 1));
    add("floorDiv(int,0)", tf -> tf.floorDiv(i(tf, 1), i(tf, 0)));
    add("mod(int,0)", tf -> tf.mod(i(tf, 1), i(tf, 0)));
    add("truncateDiv(int,0)", tf -> tf.truncateDiv(i(tf, 7), i(tf, 0)));
    add("truncateDiv(float)", tf -> tf.truncateDiv(f(tf, 1), in(tf, true)));
    add("pow(int,-1)", tf -> tf.pow(i(tf, 2), i(tf, -1)));
    add("pow(bool)", tf -> tf.pow(in(tf, true), in(tf, true)));
    add("maximum(complex)", tf -> tf.maximum(tf.complex(1f, 2f), tf.complex(1f, 2f)));
    add("squaredDifference([2],[3])", tf -> tf.squaredDifference(f(tf, 2), f(tf, 3)));
    add("nextAfter(int)", tf -> tf.nextAfter(i(tf, 1), i(tf, 2)));
    add("approximateEqual([2],[3])", tf -> tf.approximateEqual(f(tf, 2), f(tf, 3), 1));
    add("less(string)", tf -> tf.less(in(tf, "a"), in(tf, "b")));
    add("equal(float,int)", tf -> tf.equal(f(tf, 1), i(tf, 1)));
    add("logicalAnd(float)", tf -> tf.logicalAnd(f(tf, 2), f(tf, 2)));
    add("logicalNot(int)", tf -> tf.logicalNot(i(tf, 1)));
    add("neg(bool)", tf -> tf.neg(in(tf, true)));
    add("neg(null)", tf -> tf.neg(null));
    add("sqrt(int)", tf -> tf.sqrt(i(tf, 4)));
    add("sigmoid(string)", tf -> tf.sigmoid(in(tf, "a")));
    add("lgamma(int)", tf -> tf.lgamma(i(tf, 4)));
    add("isNan(int)", tf -> tf.isNan(i(tf, 4)));
    add("cast(string)", tf -> tf.cast(in(tf, "a"), F32));
    add("cast(null dtype)", tf -> tf.cast(f(tf, 2), null));
    add("saturateCast(bool)", tf -> tf.saturateCast(in(tf, true), I32));
    add("complex(float,double)", tf -> tf.complex(f(tf, 1), f(tf, 1).cast(DataType.FLOAT64)));
    add("complex(int)", tf -> tf.complex(i(tf, 1), i(tf, 1)));
    add("clipByValue(wide bounds)", tf -> tf.clipByValue(f(tf, 2), f(tf, 3, 2), 9));
    add("addN([])", tf -> tf.addN(List.of()));
    add("addN([2],[3])", tf -> tf.addN(List.of(f(tf, 2), f(tf, 3))));
    add("addN(?[2],?[3])", tf -> tf.addN(List.of(u(tf, 2), u(tf, 3))));
    add("addN(null)", tf -> tf.addN(null));
    add("accumulateN([2],[3])", tf -> tf.accumulateN(List.of(f(tf, 2), f(tf, 3))));
    add("matmul([2,3],[4,5])", tf -> tf.matmul(f(tf, 2, 3), f(tf, 4, 5)));
    add("matmul(?[2,3],?[4,5])", tf -> tf.matmul(u(tf, 2, 3), u(tf, 4, 5)));
    add("matmul(vector)", tf -> tf.matmul(f(tf, 3), f(tf, 3)));
    add("matmul(bool)", tf -> tf.matmul(in(tf, new boolean[2][2]), in(tf, new boolean[2][2])));
    add("matmul([2,2,3],[3,3,2])", tf -> tf.matmul(f(tf, 2, 2, 3), f(tf, 3, 3, 2)));
    add("tensordot(3 axes)", tf -> tf.tensordot(f(tf, 2, 3), f(tf, 3, 2), 3));
    add(
        "tensordot(unequal axes)",
        tf -> tf.tensordot(f(tf, 2), f(tf, 2), new int[] {0}, new int[] {}));
    add("einsum(no arrow)", tf -> tf.einsum("ij jk", f(tf, 2, 3), f(tf, 3, 2)));
    add("einsum(rank)", tf -> tf.einsum("ij,jk->ik", f(tf, 2), f(tf, 3, 2)));
    add("einsum(sizes)", tf -> tf.einsum("ij,jk->ik", f(tf, 2, 3), f(tf, 4, 2)));
    add("einsum(unknown letter)", tf -> tf.einsum("ij->iz", f(tf, 2, 3)));
  }

  private void reductions() {
    add("reduceSum(axis 2)", tf -> tf.reduceSum(f(tf, 2, 3), 2));
    add("reduceSum(axis -3)", tf -> tf.reduceSum(f(tf, 2, 3), -3));
    add("reduceSum(?, axis 2)", tf -> tf.reduceSum(u(tf, 2, 3), 2));
    add("reduceSum(bool)", tf -> tf.reduceSum(in(tf, true)));
    add("reduceSum(null)", tf -> tf.reduceSum(null));
    add("reduceSum(float axes)", tf -> tf.reduceSum(f(tf, 2), f(tf, 1), false));
    add("reduceMean(string)", tf -> tf.reduceMean(in(tf, "a")));
    add("reduceAll(float)", tf -> tf.reduceAll(f(tf, 2)));
    add("reduceVariance(int)", tf -> tf.reduceVariance(i(tf, 1)));
    add("norm(order 0)", tf -> tf.norm(f(tf, 2), 0, false));
    add("norm(two axes)", tf -> tf.norm(f(tf, 2, 2), 2, false, 0, 1));
    add("argMax(axis 2)", tf -> tf.argMax(f(tf, 2, 3), 2));
    add("argMax(scalar)", tf -> tf.argMax(in(tf, 1f), 0));
    add("argMax(no elements)", tf -> tf.argMax(f(tf, 0), 0));
    add("argMax(?, no elements)", tf -> tf.argMax(u(tf, 0), 0));
    add("argMax(to float)", tf -> tf.argMax(f(tf, 2), 0, F32));
    add("cumsum(axis 1)", tf -> tf.cumsum(f(tf, 2), 1));
    add("cumsum(scalar)", tf -> tf.cumsum(in(tf, 1f), 0));
  }

  private void making() {
    add("constant(null)", tf -> tf.constant(null));
    add("constant(object)", tf -> tf.constant(new Object()));
    add("constant(ragged)", tf -> tf.constant(new int[][] {{1}, {2, 3}}));
    add("constant(300,uint8)", tf -> tf.constant(300, DataType.UINT8));
    add("constant(1.5,int32)", tf -> tf.constant(1.5, I32));
    add("constant(text,float)", tf -> tf.constant((Object) "a", F32));
    add("constant(bad name)", tf -> tf.constant("a b", 1));
    add("placeholder(null)", tf -> tf.placeholder((DataType) null, 2));
    add("placeholder(size -2)", tf -> tf.placeholder(F32, -2));
    add("placeholder, not fed", tf -> tf.placeholder("x", F32, 2).add(1));
    add(
        "placeholderWithDefault(other shape)",
        tf -> tf.placeholderWithDefault(f(tf, 2), Shape.of(3)));
    add("zeros(null dtype)", tf -> tf.zeros(null, 2));
    add("zeros(size -1)", tf -> tf.zeros(F32, -1));
    add("ones(float sizes)", tf -> tf.ones(F32, f(tf, 2)));
    add("fill(negative size)", tf -> tf.fill(new int[] {2, -1}, 1f));
    add("fill(negative size, run)", tf -> tf.fill(i(tf, 2, -1), 1f));
    add("fill(a vector)", tf -> tf.fill(new int[] {2}, f(tf, 2)));
    add("fill(sizes in a matrix)", tf -> tf.fill(in(tf, new int[][] {{2}}), 1f));
    add("range(step 0)", tf -> tf.range(0, 5, 0));
    add("range(step 0, run)", tf -> tf.range(0, 5, in(tf, 0)));
    add("range(wrong way)", tf -> tf.range(in(tf, 5), 0, 1));
    add("range(vector)", tf -> tf.range(i(tf, 1, 2)));
    add("linspace(0 numbers)", tf -> tf.linspace(0f, 1f, 0));
    add("linspace(0 numbers, run)", tf -> tf.linspace(0f, 1f, in(tf, 0)));
    add("reshape([2,3] to [4])", tf -> tf.reshape(f(tf, 2, 3), 4));
    add("reshape(?[2,3] to [4])", tf -> tf.reshape(u(tf, 2, 3), 4));
    add("reshape(two -1)", tf -> tf.reshape(f(tf, 2, 3), -1, -1));
    add("reshape(-2)", tf -> tf.reshape(f(tf, 2, 3), -2, 3));
    add("reshape(float sizes)", tf -> tf.reshape(f(tf, 1), f(tf, 1)));
    add("broadcastTo([2] to [3])", tf -> tf.broadcastTo(f(tf, 2), new int[] {3}));
    add("broadcastTo(lower rank)", tf -> tf.broadcastTo(f(tf, 2, 2), new int[] {2}));
    add("tile(too few multiples)", tf -> tf.tile(f(tf, 2, 2), new int[] {2}));
    add("tile(negative)", tf -> tf.tile(f(tf, 2), new int[] {-1}));
    add("tile(negative, run)", tf -> tf.tile(f(tf, 2), i(tf, -1)));
    add("expandDims(axis 4)", tf -> tf.expandDims(f(tf, 2, 3), 4));
    add("squeeze(size 2)", tf -> tf.squeeze(f(tf, 2, 1), 0));
    add("squeeze(?, size 2)", tf -> tf.squeeze(u(tf, 2, 1), 0));
    add("squeeze(axis 5)", tf -> tf.squeeze(f(tf, 2, 1), 5));
    add("transpose(wrong length)", tf -> tf.transpose(f(tf, 2, 3), 0));
    add("transpose(same axis twice)", tf -> tf.transpose(f(tf, 2, 3), 0, 0));
    add("transpose(axis 2)", tf -> tf.transpose(f(tf, 2, 3), 0, 2));
    add("transpose(axis 2, run)", tf -> tf.transpose(f(tf, 2, 3), i(tf, 0, 2)));
    add("matrixTranspose(vector)", tf -> tf.matrixTranspose(f(tf, 2)));
    add("invertPermutation(no permutation)", tf -> tf.invertPermutation(i(tf, 0, 0)));
    add("invertPermutation(out of range)", tf -> tf.invertPermutation(i(tf, 0, 5)));
    add("identityN([])", tf -> tf.identityN(List.of()));
    add("shapeTensor(to float)", tf -> tf.shapeTensor(f(tf, 2), F32));
    add("ensureShape(other)", tf -> tf.ensureShape(f(tf, 2), Shape.of(3)));
    add("ensureShape(?, other)", tf -> tf.ensureShape(u(tf, 2), Shape.of(3)));
    add("checkNumerics(NaN)", tf -> tf.checkNumerics(in(tf, Float.NaN), "the loss"));
  }

  private void pieces() {
    add("get(too many)", tf -> tf.get(f(tf, 2), 0, 0));
    add("get(2 of 2)", tf -> tf.get(f(tf, 2), 2));
    add("get(-3 of 2)", tf -> tf.get(f(tf, 2), -3));
    add("get(?, 2 of 2)", tf -> tf.get(u(tf, 2), 2));
    add("get(1.5)", tf -> tf.get(f(tf, 2), 1.5));
    add("get(null)", tf -> tf.get(f(tf, 2), (Object) null));
    add("slice(two ellipses)", tf -> tf.slice(f(tf, 2), Index.ellipsis(), Index.ellipsis()));
    add("slice(step 0)", tf -> tf.slice(f(tf, 2), Index.every(0)));
    add("slice(begin 3 of 2)", tf -> tf.slice(f(tf, 2), new int[] {3}, new int[] {1}));
    add("slice(too long)", tf -> tf.slice(f(tf, 2), new int[] {1}, new int[] {2}));
    add("slice(too long, run)", tf -> tf.slice(f(tf, 2), i(tf, 1), i(tf, 2)));
    add("slice(ranks differ)", tf -> tf.slice(f(tf, 2, 2), new int[] {0}, new int[] {1}));
    add("slice(size -2)", tf -> tf.slice(f(tf, 2), new int[] {0}, new int[] {-2}));
    add("stridedSlice(step 0, run)", tf -> tf.stridedSlice(f(tf, 2), i(tf, 0), i(tf, 2), i(tf, 0)));
    add(
        "stridedSlice(lengths)",
        tf -> tf.stridedSlice(f(tf, 2), new int[] {0}, new int[] {1, 1}, new int[] {1}));
    add("split(3 of 4)", tf -> tf.split(f(tf, 4), 3, 0));
    add("split(0)", tf -> tf.split(f(tf, 4), 0, 0));
    add("split(axis 1)", tf -> tf.split(f(tf, 4), 2, 1));
    add("split(sizes 1+2 of 4)", tf -> tf.split(f(tf, 4), new int[] {1, 2}, 0));
    add("split(two -1)", tf -> tf.split(f(tf, 4), new int[] {-1, -1}, 0));
    add("unstack(?)", tf -> tf.unstack(u(tf, 2)));
    add("unstack(scalar)", tf -> tf.unstack(in(tf, 1f)));
    add("unstack(3 of 2)", tf -> tf.unstack(f(tf, 2), 3, 0));
    add("pad(wrong rank)", tf -> tf.pad(f(tf, 2), new int[][] {{1, 1}, {1, 1}}));
    add("pad(negative)", tf -> tf.pad(f(tf, 2), new int[][] {{-1, 1}}));
    add("pad(negative, run)", tf -> tf.pad(f(tf, 2), in(tf, new int[][] {{-1, 1}})));
    add("mirrorPad(too wide)", tf -> tf.mirrorPad(f(tf, 2), new int[][] {{2, 0}}, false));
    add(
        "mirrorPad(too wide, run)",
        tf -> tf.mirrorPad(u(tf, 2), in(tf, new int[][] {{2, 0}}), false));
    add("reverse(axis 1)", tf -> tf.reverse(f(tf, 2), 1));
    add("reverse(axis twice)", tf -> tf.reverse(f(tf, 2), 0, -1));
    add("roll(axis 2)", tf -> tf.roll(f(tf, 2), 1, 2));
    add("reverseSequence(too long)", tf -> tf.reverseSequence(f(tf, 2, 3), i(tf, 4, 1), 1, 0));
    add("reverseSequence(lengths)", tf -> tf.reverseSequence(f(tf, 2, 3), i(tf, 1), 1, 0));
    add("booleanMask(shape)", tf -> tf.booleanMask(f(tf, 2), in(tf, new boolean[3])));
    add("booleanMask(scalar)", tf -> tf.booleanMask(f(tf, 2), in(tf, true)));
  }

  private void joining() {
    add("concat([2],[2,2])", tf -> tf.concat(0, f(tf, 2), f(tf, 2, 2)));
    add("concat([2,3],[3,2])", tf -> tf.concat(0, f(tf, 2, 3), f(tf, 3, 2)));
    add("concat(?[2,3],?[3,2])", tf -> tf.concat(0, u(tf, 2, 3), u(tf, 3, 2)));
    add("concat(axis 2)", tf -> tf.concat(2, f(tf, 2, 3), f(tf, 2, 3)));
    add("concat(scalars)", tf -> tf.concat(0, in(tf, 1f), in(tf, 1f)));
    add("concat()", tf -> tf.concat(0));
    add("concat(float,int)", tf -> tf.concat(0, f(tf, 1), i(tf, 1)));
    add("stack([])", tf -> tf.stack(List.of()));
    add("stack([2],[3])", tf -> tf.stack(List.of(f(tf, 2), f(tf, 3))));
    add("stack(?[2],?[3])", tf -> tf.stack(List.of(u(tf, 2), u(tf, 3))));
    add("stack(axis 2)", tf -> tf.stack(List.of(f(tf, 2)), 2));
    add("dynamicStitch(lengths)", tf -> tf.dynamicStitch(List.of(i(tf, 0, 1)), List.of(f(tf, 3))));
    add("dynamicStitch(negative)", tf -> tf.dynamicStitch(List.of(i(tf, -1)), List.of(f(tf, 1))));
    add("dynamicPartition(out of range)", tf -> tf.dynamicPartition(f(tf, 2), i(tf, 0, 2), 2));
    add("dynamicPartition(shape)", tf -> tf.dynamicPartition(f(tf, 3), i(tf, 0, 1), 2));
    add("dynamicPartition(0 parts)", tf -> tf.dynamicPartition(f(tf, 2), i(tf, 0, 0), 0));
  }

  private void picking() {
    add("gather(5 of 3)", tf -> tf.gather(f(tf, 3), i(tf, 5)));
    add("gather(-1)", tf -> tf.gather(f(tf, 3), i(tf, -1)));
    add("gather(float indices)", tf -> tf.gather(f(tf, 3), f(tf, 1)));
    add("gather(scalar)", tf -> tf.gather(in(tf, 1f), i(tf, 0)));
    add("gather(axis 1)", tf -> tf.gather(f(tf, 3), i(tf, 0), 1));
    add("gather(batch 2)", tf -> tf.gather(f(tf, 2, 3), in(tf, new int[][] {{0}, {1}}), 1, 2));
    add("gatherNd(deep)", tf -> tf.gatherNd(f(tf, 3), in(tf, new int[][] {{0, 1}})));
    add("gatherNd(out of range)", tf -> tf.gatherNd(f(tf, 3), in(tf, new int[][] {{3}})));
    add(
        "scatterNd(out of range)",
        tf -> tf.scatterNd(in(tf, new int[][] {{4}}), f(tf, 1), new int[] {4}));
    add(
        "scatterNd(updates)",
        tf -> tf.scatterNd(in(tf, new int[][] {{1}}), f(tf, 2), new int[] {4}));
    add("oneHot(negative depth)", tf -> tf.oneHot(i(tf, 0), -1));
    add("oneHot(negative depth, run)", tf -> tf.oneHot(i(tf, 0), in(tf, -1)));
    add("oneHot(float)", tf -> tf.oneHot(f(tf, 1), 3));
    add("where(shapes)", tf -> tf.where(in(tf, new boolean[2]), f(tf, 3), f(tf, 3)));
    add("where(int condition)", tf -> tf.where(i(tf, 1), f(tf, 1), f(tf, 1)));
    add("where(float,int)", tf -> tf.where(in(tf, new boolean[1]), f(tf, 1), i(tf, 1)));
    add("inTopK(targets)", tf -> tf.inTopK(f(tf, 2, 3), i(tf, 0), 1));
    add("topK(4 of 3)", tf -> tf.topK(f(tf, 3), 4));
    add("topK(4 of 3, run)", tf -> tf.topK(u(tf, 3), in(tf, 4)));
    add("topK(-1)", tf -> tf.topK(f(tf, 3), -1));
    add("segmentSum(unsorted)", tf -> tf.segmentSum(f(tf, 2), i(tf, 1, 0)));
    add("segmentSum(length)", tf -> tf.segmentSum(f(tf, 2), i(tf, 0)));
    add("segmentSum(negative)", tf -> tf.segmentSum(f(tf, 2), i(tf, -1, 0)));
    add("unsortedSegmentSum(out of range)", tf -> tf.unsortedSegmentSum(f(tf, 2), i(tf, 0, 5), 3));
    add("unsortedSegmentSum(shape)", tf -> tf.unsortedSegmentSum(f(tf, 2), i(tf, 0), 3));
    add("unique(matrix)", tf -> tf.unique(f(tf, 2, 2)));
    add("embeddingLookup(out of range)", tf -> tf.embeddingLookup(f(tf, 3, 2), i(tf, 3)));
    add("embeddingLookup(no tables)", tf -> tf.embeddingLookup(List.of(), i(tf, 3)));
    add("embeddingLookup(float ids)", tf -> tf.embeddingLookup(f(tf, 3, 2), f(tf, 1)));
    add(
        "embeddingLookup(null strategy)",
        tf ->
            tf.embeddingLookup(
                List.of(f(tf, 1), f(tf, 1)), i(tf, 0), (PartitionStrategy) null, null));
    add("confusionMatrix(out of range)", tf -> tf.confusionMatrix(i(tf, 5), i(tf, 0), 2));
    add("sort(scalar)", tf -> tf.sort(in(tf, 1f)));
  }

  private void networks() {
    add("relu(bool)", tf -> tf.relu(in(tf, true)));
    add("softmax(scalar)", tf -> tf.softmax(in(tf, 1f)));
    add("softmax(axis 2)", tf -> tf.softmax(f(tf, 2, 3), 2));
    add("softmax(int)", tf -> tf.softmax(i(tf, 1)));
    add("biasAdd(length)", tf -> tf.biasAdd(f(tf, 2, 3), f(tf, 2)));
    add("biasAdd(?, length)", tf -> tf.biasAdd(u(tf, 2, 3), u(tf, 2)));
    add("biasAdd(matrix)", tf -> tf.biasAdd(f(tf, 2, 3), f(tf, 1, 3)));
    add("biasAdd(format)", tf -> tf.biasAdd(f(tf, 2, 3), f(tf, 3), "CHWN"));
    add(
        "softmaxCrossEntropy(shapes)",
        tf -> tf.softmaxCrossEntropyWithLogits(f(tf, 2, 3), f(tf, 2, 4)));
    add(
        "sparse cross-entropy(label 3 of 3)",
        tf -> tf.sparseSoftmaxCrossEntropyWithLogits(i(tf, 3), f(tf, 1, 3)));
    add(
        "sparse cross-entropy(lengths)",
        tf -> tf.sparseSoftmaxCrossEntropyWithLogits(i(tf, 1, 2), f(tf, 3, 3)));
    add(
        "sparse cross-entropy(float labels)",
        tf -> tf.sparseSoftmaxCrossEntropyWithLogits(f(tf, 1), f(tf, 1, 3)));
    add(
        "sigmoid cross-entropy(shapes)",
        tf -> tf.sigmoidCrossEntropyWithLogits(f(tf, 2), f(tf, 3)));
    add("dropout(rate 1)", tf -> tf.dropout(f(tf, 2), 1));
    add("dropout(rate -0.1)", tf -> tf.dropout(f(tf, 2), -0.1));
    add("dropout(int)", tf -> tf.dropout(i(tf, 2), 0.5));
    add("layers.dense(0 units)", tf -> tf.layers().dense(f(tf, 2, 3), 0));
    add("layers.dense(scalar)", tf -> tf.layers().dense(in(tf, 1f), 3));
    add("layers.dense(? width)", tf -> tf.layers().dense(tf.placeholder(F32, 2, -1), 3));
    add("layers.dense(int)", tf -> tf.layers().dense(in(tf, new int[2][2]), 3));
    add("losses.mse(shapes)", tf -> tf.losses().meanSquaredError(f(tf, 2, 3), f(tf, 4, 3)));
    add("accuracy(shapes)", tf -> tf.accuracy(i(tf, 1, 2), i(tf, 1, 2, 3)));
  }

  private void windows() {
    add("conv2d(channels)", tf -> tf.conv2d(f(tf, 1, 5, 5, 2), f(tf, 3, 3, 3, 4), 1, "SAME"));
    add("conv2d(?, channels)", tf -> tf.conv2d(u(tf, 1, 5, 5, 2), u(tf, 3, 3, 3, 4), 1, "SAME"));
    add("conv2d(rank 3)", tf -> tf.conv2d(f(tf, 5, 5, 2), f(tf, 3, 3, 2, 4), 1, "SAME"));
    add("conv2d(padding)", tf -> tf.conv2d(f(tf, 1, 5, 5, 2), f(tf, 3, 3, 2, 4), 1, "FULL"));
    add("conv2d(stride 0)", tf -> tf.conv2d(f(tf, 1, 5, 5, 2), f(tf, 3, 3, 2, 4), 0, "SAME"));
    add(
        "conv2d(filter too large)",
        tf -> tf.conv2d(f(tf, 1, 2, 2, 2), f(tf, 3, 3, 2, 4), 1, "VALID"));
    add(
        "conv2d(int)",
        tf -> tf.conv2d(in(tf, new int[1][2][2][1]), in(tf, new int[1][1][1][1]), 1, "SAME"));
    add(
        "conv2d(negative padding)",
        tf -> tf.conv2d(f(tf, 1, 5, 5, 2), f(tf, 3, 3, 2, 4), WindowOptions.padded(-1, 0, 0, 0)));
    add(
        "conv2d(strides of 3)",
        tf ->
            tf.conv2d(f(tf, 1, 5, 5, 2), f(tf, 3, 3, 2, 4), WindowOptions.same().strides(1, 2, 3)));
    add("conv1d(rank 4)", tf -> tf.conv1d(f(tf, 1, 5, 5, 2), f(tf, 3, 2, 4), 1, "SAME"));
    add(
        "depthwiseConv2d(channels)",
        tf -> tf.depthwiseConv2d(f(tf, 1, 5, 5, 2), f(tf, 3, 3, 3, 1), 1, "SAME"));
    add(
        "conv2dTranspose(sizes)",
        tf ->
            tf.conv2dTranspose(
                f(tf, 1, 3, 3, 4), f(tf, 3, 3, 2, 4), new int[] {1, 9, 9, 2}, 2, "SAME"));
    add("maxPool(size 0)", tf -> tf.maxPool(f(tf, 1, 4, 4, 1), 0, 1, "SAME"));
    add("maxPool(rank 3)", tf -> tf.maxPool(f(tf, 4, 4, 1), 2, 2, "SAME"));
    add("avgPool(window too large)", tf -> tf.avgPool(f(tf, 1, 2, 2, 1), 3, 1, "VALID"));
    add(
        "fusedBatchNorm(scale)",
        tf -> tf.fusedBatchNorm(f(tf, 1, 2, 2, 3), f(tf, 2), f(tf, 3), 1e-3));
    add("resizeBilinear(0)", tf -> tf.resizeBilinear(f(tf, 1, 2, 2, 1), new int[] {0, 2}));
    add("resizeBilinear(rank)", tf -> tf.resizeBilinear(f(tf, 2, 2), new int[] {2, 2}));
    add(
        "cropAndResize(box of image 2)",
        tf ->
            tf.cropAndResize(
                f(tf, 1, 2, 2, 1), in(tf, new float[1][4]), i(tf, 2), new int[] {1, 1}));
    add("spaceToDepth(3 of 4)", tf -> tf.spaceToDepth(f(tf, 1, 4, 4, 1), 3));
    add("depthToSpace(channels)", tf -> tf.depthToSpace(f(tf, 1, 2, 2, 3), 2));
    add(
        "spaceToBatch(sizes)",
        tf -> tf.spaceToBatch(f(tf, 1, 3, 3, 1), new int[] {2, 2}, new int[2][2]));
    add(
        "batchToSpace(batch)",
        tf -> tf.batchToSpace(f(tf, 3, 2, 2, 1), new int[] {2, 2}, new int[2][2]));
  }

  private void linalg() {
    add("cholesky(not definite)", tf -> tf.cholesky(in(tf, new float[][] {{1, 2}, {2, 1}})));
    add("cholesky([2,3])", tf -> tf.cholesky(f(tf, 2, 3)));
    add("matrixInverse(singular)", tf -> tf.matrixInverse(f(tf, 2, 2)));
    add("matrixInverse(vector)", tf -> tf.matrixInverse(f(tf, 2)));
    add("matrixSolve(singular)", tf -> tf.matrixSolve(f(tf, 2, 2), f(tf, 2, 1)));
    add("matrixSolve(rows)", tf -> tf.matrixSolve(f(tf, 2, 2), f(tf, 3, 1)));
    add(
        "matrixTriangularSolve(0)",
        tf -> tf.matrixTriangularSolve(in(tf, new float[2][2]), f(tf, 2, 1), true, false));
    add("matrixDeterminant([2,3])", tf -> tf.matrixDeterminant(f(tf, 2, 3)));
    add("svd(vector)", tf -> tf.svd(f(tf, 2)));
    add("eye(-1)", tf -> tf.eye(-1));
    add("trace(vector)", tf -> tf.trace(f(tf, 2)));
    add("diagPart([2,3])", tf -> tf.diagPart(f(tf, 2, 3)));
    add("matrixSetDiag(length)", tf -> tf.matrixSetDiag(f(tf, 2, 2), f(tf, 3)));
    add("matrixBandPart(vector)", tf -> tf.matrixBandPart(f(tf, 2), 0, 0));
  }

  private void numbers() {
    add("bitwiseAnd(float)", tf -> tf.bitwiseAnd(f(tf, 1), f(tf, 1)));
    add("bincount(negative)", tf -> tf.bincount(i(tf, -1)));
    add("cross([2])", tf -> tf.cross(f(tf, 2), f(tf, 2)));
    add("bucketize(unsorted)", tf -> tf.bucketize(f(tf, 2), 2, 1));
    add(
        "histogramFixedWidth(bounds)",
        tf -> tf.histogramFixedWidth(f(tf, 2), new float[] {1, 1}, 3));
    add("unravelIndex(out of range)", tf -> tf.unravelIndex(i(tf, 9), i(tf, 2, 2)));
    add("searchSorted(shapes)", tf -> tf.searchSorted(f(tf, 2, 2), f(tf, 3, 1), true));
    add("setdiff1d(matrix)", tf -> tf.setdiff1d(f(tf, 2, 2), f(tf, 2)));
  }

  private void random() {
    add("randomUniform(size -1)", tf -> tf.randomUniform(-1));
    add("randomUniform(size -1, run)", tf -> tf.randomUniform(i(tf, -1)));
    add("randomUniform(int, no range)", tf -> tf.randomUniform(3, I32, in(tf, 5), in(tf, 5), null));
    add("randomUniform(bool)", tf -> tf.randomUniform(3, DataType.BOOL));
    add("randomNormal(int)", tf -> tf.randomNormal(3, I32, 0, 1, null));
    add("randomNormal(null)", tf -> tf.randomNormal(null));
    add("multinomial(vector)", tf -> tf.multinomial(f(tf, 3), 2));
    add("multinomial(-1)", tf -> tf.multinomial(f(tf, 1, 3), in(tf, -1)));
    add("randomGamma(int)", tf -> tf.randomGamma(3, 1, null, I32, null));
    add(
        "statelessRandomUniform(seed of 3)",
        tf -> tf.statelessRandomUniform(3, new long[3], F32, 0, 1));
  }

  private void state() {
    add("variable(null)", tf -> tf.variable(null));
    add("variable(bad name)", tf -> tf.variable("a b", 1f));
    add("variable(-1)", tf -> tf.variable("w", Initializers.zeros(), -1));
    add("variable, not initialized", tf -> tf.variable(1f).add(0));
    add("assign(shape)", tf -> tf.variable(new float[2]).assign(f(tf, 3)));
    add("assign(dtype)", tf -> tf.variable(new float[2]).assign(i(tf, 1, 2)));
    add("assignAdd(shape)", tf -> tf.variable(new float[2]).assignAdd(f(tf, 3)));
    add("sparseRead(out of range)", tf -> tf.variable(new float[2]).sparseRead(i(tf, 2)));
    add("getVariable(null)", tf -> tf.getVariable(null, 2));
    add("getVariable twice", tf -> List.of(tf.getVariable("v", 2), tf.getVariable("v", 2)));
    add(
        "getVariable(only shares)",
        tf -> {
          try (var s = tf.variableScope("s", Reuse.TRUE)) {
            return tf.getVariable("v", 2);
          }
        });
    add("identity(scalar 2x3)", tf -> tf.variable("w", Initializers.identity(1), 2));
    add("orthogonal(vector)", tf -> tf.variable("w", Initializers.orthogonal(1), 2));
  }

  private void flow() {
    add("cond(float)", tf -> tf.cond(f(tf), () -> tf.constant(1), () -> tf.constant(2)));
    add("cond(dtypes)", tf -> tf.cond(in(tf, true), () -> tf.constant(1), () -> tf.constant(2f)));
    add(
        "cond(vector)",
        tf -> tf.cond(in(tf, new boolean[2]), () -> tf.constant(1), () -> tf.constant(2)));
    add("whileLoop(condition)", tf -> tf.whileLoop((n, x) -> n, (n, x) -> List.of(n, x), 0, 1f));
    add(
        "whileLoop(dtype)",
        tf -> tf.whileLoop((n, x) -> n.less(2), (n, x) -> List.of(n.add(1), n), 0, 1f));
    add(
        "whileLoop(shape)",
        tf ->
            tf.whileLoop(
                (n, x) -> n.less(2),
                (n, x) -> List.of(n.add(1), tf.stack(List.of(x, x))),
                0,
                f(tf, 2)));
    add("mapFn(scalar)", tf -> tf.mapFn((Tensor r) -> r, in(tf, 1f)));
    add("tensorArray(out of range)", tf -> tf.tensorArray(F32, 2).write(2, f(tf, 1)).stack());
    add("tensorArray(dtype)", tf -> tf.tensorArray(F32, 2).write(0, i(tf, 1)));
    add("tensorArray(shape)", tf -> tf.tensorArray(F32, 2).write(0, f(tf, 1)).write(1, f(tf, 2)));
    add("tuple([])", tf -> tf.tuple(List.of()));
    add("group(other graph)", tf -> tf.group(Ops.of(new Graph()).noOp()));
    add("add(other graph)", tf -> tf.add(f(tf, 2), f(Ops.of(new Graph()), 2)));
    add(
        "device(nonsense)",
        tf -> {
          try (var d = tf.device("/what:x")) {
            return f(tf, 2);
          }
        });
    add("scope(bad name)", tf -> tf.scope("a b"));
    add("op(unknown)", tf -> tf.op("NoSuchOp", null).build());
    add("op(unknown attribute)", tf -> tf.op("Neg", null).input(f(tf, 2)).attr("what", 1).build());
    add("op(too few inputs)", tf -> tf.op("Add", null).input(f(tf, 2)).build());
    add("op(too many inputs)", tf -> tf.op("Neg", null).input(f(tf, 2)).input(f(tf, 2)).build());
    add(
        "op(attribute's kind)",
        tf -> tf.op("Sum", null).input(f(tf, 2)).input(i(tf, 0)).attr("keep_dims", 3).build());
  }

  private void checks() {
    add("assertTrue(false)", tf -> tf.assertTrue(in(tf, false), "seen", f(tf, 2)));
    add("assertTrue(float)", tf -> tf.assertTrue(f(tf), "seen"));
    add("assertEqual(1,2)", tf -> tf.assertEqual(i(tf, 1), i(tf, 2)));
    add("assertLess(2,1)", tf -> tf.assertLess(i(tf, 2), 1, "too large"));
    add("assertPositive(0)", tf -> tf.assertPositive(i(tf, 0)));
    add("assertNear(1,2)", tf -> tf.assertNear(in(tf, 1f), in(tf, 2f)));
    add("assertRank(2 of 1)", tf -> tf.assertRank(f(tf, 2), 2));
    add("assertRank(?, 2 of 1)", tf -> tf.assertRank(u(tf, 2), 2));
    add("assertType(int)", tf -> tf.assertType(i(tf, 1), F32));
    add("assertInteger(float)", tf -> tf.assertInteger(f(tf, 1)));
    add("assertScalar(vector)", tf -> tf.assertScalar(f(tf, 2)));
  }
}
