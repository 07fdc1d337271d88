package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;

/** Activations and losses of neural networks. */
abstract class NnApi extends ImageApi {
  NnApi(Graph graph) {
    super(graph);
  }

  // ---- activations

  /** {@code max(x, 0)} (Relu). */
  public Tensor relu(Object x) {
    return node("Relu", "Relu", x);
  }

  /** {@code min(max(x, 0), 6)} (Relu6). */
  public Tensor relu6(Object x) {
    return node("Relu6", "Relu6", x);
  }

  /** x where it is positive, else {@code exp(x) - 1} (Elu). */
  public Tensor elu(Object x) {
    return node("Elu", "Elu", x);
  }

  /**
   * The scaled exponential linear unit (Selu); Klambauer et al., "Self-Normalizing Neural
   * Networks", 2017.
   */
  public Tensor selu(Object x) {
    return node("Selu", "Selu", x);
  }

  /** x where it is positive, else {@code alpha * x} (LeakyRelu). */
  public Tensor leakyRelu(Object x, double alpha) {
    return finish(begin("LeakyRelu", "LeakyRelu", x).attr("alpha", (float) alpha));
  }

  /** {@link #leakyRelu(Object, double)} with TensorFlow's alpha, 0.2. */
  public Tensor leakyRelu(Object x) {
    return leakyRelu(x, 0.2);
  }

  /** {@code log(exp(x) + 1)} (Softplus). */
  public Tensor softplus(Object x) {
    return node("Softplus", "Softplus", x);
  }

  /** {@code x / (abs(x) + 1)} (Softsign). */
  public Tensor softsign(Object x) {
    return node("Softsign", "Softsign", x);
  }

  /** Softmax over the last axis (Softmax). */
  public Tensor softmax(Object x) {
    return softmax(x, -1);
  }

  /** {@code exp(x) / sum(exp(x))} along {@code axis}, without overflow (Softmax). */
  public Tensor softmax(Object x, int axis) {
    return alongAxis("Softmax", x, axis);
  }

  /** The logarithm of softmax over the last axis (LogSoftmax). */
  public Tensor logSoftmax(Object x) {
    return logSoftmax(x, -1);
  }

  /** The logarithm of softmax along {@code axis} (LogSoftmax). */
  public Tensor logSoftmax(Object x, int axis) {
    return alongAxis("LogSoftmax", x, axis);
  }

  /** The ops work on the last axis; another one is swapped with it, before and after. */
  private Tensor alongAxis(String type, Object x, int axis) {
    if (axis == -1) {
      return node(type, type, x);
    }
    Output in = convert(x, null, "Const");
    if (!in.shape().hasRank()) {
      throw error(type + ": axis " + axis + " needs a tensor of known rank, not " + in);
    }
    int n = in.shape().rank();
    int at = axis(axis, n, type);
    if (at == n - 1) {
      return node(type, type, in);
    }
    int[] swap = swapped(n, at);
    return transpose(node(type, type, transpose(in, swap)), swap);
  }

  /** {@code x + bias}, the bias a vector along x's last dimension (BiasAdd). */
  public Tensor biasAdd(Object x, Object bias) {
    return node("BiasAdd", "BiasAdd", x, bias);
  }

  /**
   * {@code x + bias}.
   *
   * @param dataFormat {@code NHWC}: along the last dimension, or {@code NCHW}: along the second
   */
  public Tensor biasAdd(Object x, Object bias, String dataFormat) {
    return finish(begin("BiasAdd", "BiasAdd", x, bias).attr("data_format", dataFormat));
  }

  /** {@code x · w + b}, of matrices x and w and a vector b (MatMul, BiasAdd). */
  public Tensor xwPlusB(Object x, Object w, Object b) {
    try (Scope s = graph().nameScope("xw_plus_b")) {
      return node("BiasAdd", s.name(), matmul(x, w), b);
    }
  }

  /** {@code relu(x · w + b)}, of matrices x and w and a vector b. */
  public Tensor reluLayer(Object x, Object w, Object b) {
    try (Scope s = graph().nameScope("relu_layer")) {
      return node("Relu", s.name(), biasAdd(matmul(x, w), b));
    }
  }

  /**
   * Relu of x and of {@code -x}, side by side along the last axis; Shang et al., "Understanding and
   * Improving Convolutional Neural Networks via Concatenated Rectified Linear Units", 2016.
   */
  public Tensor crelu(Object x) {
    return crelu(x, -1);
  }

  /** As {@link #crelu(Object)}, side by side along {@code axis}. */
  public Tensor crelu(Object x, int axis) {
    try (Scope s = graph().nameScope("CRelu")) {
      Output in = convert(x, null, "features");
      return node("Relu", s.name(), concat(axis, in, neg(in)));
    }
  }

  /** {@code x * sigmoid(x)}; Ramachandran et al., "Searching for Activation Functions", 2017. */
  public Tensor swish(Object x) {
    try (Scope s = graph().nameScope("swish")) {
      Output in = convert(x, null, "features");
      return node("Mul", s.name(), in, sigmoid(in));
    }
  }

  /** Which part of the elements is 0: a float32 scalar, NaN of no elements. */
  public Tensor zeroFraction(Object x) {
    try (Scope s = graph().nameScope("zero_fraction")) {
      Output in = convert(x, null, "value");
      Tensor size = finish(begin("Size", "size", in).attr("out_type", DataType.INT64));
      Tensor zeros = cast(sub(size, countNonzero(in)), DataType.FLOAT32);
      return node("RealDiv", "fraction", zeros, cast(size, DataType.FLOAT32));
    }
  }

  /** {@code sum(x²) / 2}, a scalar (L2Loss). */
  public Tensor l2Loss(Object x) {
    return node("L2Loss", "L2Loss", x);
  }

  // ---- losses

  /**
   * The cross entropy of each row's softmax against a distribution over the classes: {@code
   * -sum(labels * log(softmax(logits)))} over the last axis. As TensorFlow's function of this name,
   * it passes no gradient to the labels; {@link #softmaxCrossEntropyWithLogitsV2} does.
   *
   * @param labels the distributions, of the logits' shape; each should sum to 1
   * @param logits unscaled scores, [..., classes]; not the output of softmax
   * @return [...], a loss per row
   */
  public Tensor softmaxCrossEntropyWithLogits(Object labels, Object logits) {
    try (Scope s = graph().nameScope("softmax_cross_entropy_with_logits_sg")) {
      Output l = convert(labels, dtypeOf(logits), "labels");
      Tensor fixed = node("StopGradient", "labels_stop_gradient", l);
      return crossEntropy(s.name(), fixed, logits, -1);
    }
  }

  /** As {@link #softmaxCrossEntropyWithLogits}, differentiable in the labels too. */
  public Tensor softmaxCrossEntropyWithLogitsV2(Object labels, Object logits) {
    return softmaxCrossEntropyWithLogitsV2(labels, logits, -1);
  }

  /**
   * As {@link #softmaxCrossEntropyWithLogitsV2(Object, Object)}, the classes along {@code axis}.
   */
  public Tensor softmaxCrossEntropyWithLogitsV2(Object labels, Object logits, int axis) {
    return crossEntropy("softmax_cross_entropy_with_logits", labels, logits, axis);
  }

  private Tensor crossEntropy(String name, Object labels, Object logits, int axis) {
    try (Scope s = graph().nameScope(name)) {
      Output x = convert(logits, dtypeOf(labels), "logits");
      DataType dtype = x.dtype();
      Output scores = precise(x);
      Output target = cast(convert(labels, scores.dtype(), "labels"), scores.dtype()).asOutput();
      checkSameShape("labels", target.shape(), "logits", scores.shape());
      if (axis != -1) {
        scores = axisLast(scores, axis);
        target = axisLast(target, axis);
      }
      Tensor cost;
      if (scores.shape().rank() == 2) {
        cost = node("SoftmaxCrossEntropyWithLogits", s.name(), scores, target);
      } else {
        Tensor shape = shapeTensor(scores);
        Tensor perRow =
            node("SoftmaxCrossEntropyWithLogits", s.name(), asMatrix(scores), asMatrix(target));
        cost = reshape(perRow, slice(shape, Index.upTo(-1)));
        if (scores.shape().hasRank()) {
          cost.setShape(scores.shape().slice(0, -1));
        }
      }
      return cast(cost, dtype);
    }
  }

  /** Half precision is too coarse for sums of exponentials. */
  private Output precise(Output x) {
    boolean half = x.dtype() == DataType.FLOAT16 || x.dtype() == DataType.BFLOAT16;
    return half ? cast(x, DataType.FLOAT32).asOutput() : x;
  }

  private static void checkSameShape(String a, Shape x, String b, Shape y) {
    if (!x.isCompatibleWith(y)) {
      throw error(a + " and " + b + " must be of one shape, but are " + x + " and " + y);
    }
  }

  private Output axisLast(Output x, int axis) {
    if (!x.shape().hasRank()) {
      throw error("axis " + axis + " needs a tensor of known rank, not " + x);
    }
    int n = x.shape().rank();
    int at = axis(axis, n, "softmaxCrossEntropyWithLogits");
    int[] perm = new int[n];
    for (int i = 0; i < n; i++) {
      perm[i] = i == n - 1 ? at : i < at ? i : i + 1;
    }
    return transpose(x, perm).asOutput();
  }

  /** [..., n] as [?, n]. */
  private Tensor asMatrix(Output x) {
    long last = x.shape().hasRank() ? x.shape().dim(-1) : Shape.UNKNOWN;
    if (last > 0) {
      return reshape(x, -1, last);
    }
    return reshape(x, List.of(-1, get(shapeTensor(x), -1)));
  }

  /**
   * The cross entropy of each row's softmax against one class: {@code
   * -log(softmax(logits))[label]}.
   *
   * @param labels the class of each row, [...], int32 or int64, each in [0, classes)
   * @param logits unscaled scores, [..., classes]
   * @return [...], a loss per row
   */
  public Tensor sparseSoftmaxCrossEntropyWithLogits(Object labels, Object logits) {
    try (Scope s = graph().nameScope("SparseSoftmaxCrossEntropyWithLogits")) {
      Output target = convert(labels, null, "labels");
      Output x = convert(logits, null, "logits");
      checkSparseShapes(target.shape(), x.shape());
      Output scores = precise(x);
      if (scores.shape().rank() == 2) {
        return cast(sparseCrossEntropy(scores, target), x.dtype());
      }
      Tensor shape = shapeTensor(target);
      Tensor perRow = sparseCrossEntropy(asMatrix(scores), reshape(target, -1));
      return cast(reshape(perRow, shape).setShape(target.shape()), x.dtype());
    }
  }

  private Tensor sparseCrossEntropy(Operand scores, Operand labels) {
    String type = "SparseSoftmaxCrossEntropyWithLogits";
    return node(type, type, scores, labels);
  }

  private static void checkSparseShapes(Shape labels, Shape logits) {
    if (logits.hasRank() && logits.rank() == 0) {
      throw error("logits must have a last dimension of classes, but are a scalar");
    }
    if (!logits.hasRank()) {
      return;
    }
    if (labels.hasRank() && labels.rank() != logits.rank() - 1) {
      throw error(
          "labels "
              + labels
              + " must have one dimension less than logits "
              + logits
              + (labels.rank() == logits.rank()
                  ? "; for a distribution over the classes use softmaxCrossEntropyWithLogits"
                  : ""));
    }
    checkSameShape("labels", labels, "logits without their last dimension", logits.slice(0, -1));
  }

  /**
   * The cross entropy of sigmoid(logits) against probabilities, each element by itself: {@code
   * max(x, 0) - x * z + log(1 + exp(-abs(x)))}, which neither overflows nor loses small terms.
   *
   * @param labels z, of the logits' shape, each in [0, 1]
   * @param logits x, unscaled scores
   * @return a loss per element
   */
  public Tensor sigmoidCrossEntropyWithLogits(Object labels, Object logits) {
    try (Scope s = graph().nameScope("logistic_loss")) {
      Output x = convert(logits, dtypeOf(labels), "logits");
      Output z = convert(labels, x.dtype(), "labels");
      checkSameShape("labels", z.shape(), "logits", x.shape());
      Tensor zeros = zerosLike(x);
      Tensor positive = greaterEqual(x, zeros);
      Tensor relu = where(positive, x, zeros);
      Tensor negAbs = where(positive, neg(x), x);
      return node("Add", s.name(), sub(relu, mul(x, z)), log1p(exp(negAbs)));
    }
  }

  /**
   * As {@link #sigmoidCrossEntropyWithLogits}, the positive term weighted: above 1 favours recall,
   * below 1 precision.
   */
  public Tensor weightedCrossEntropyWithLogits(Object labels, Object logits, Object posWeight) {
    try (Scope s = graph().nameScope("logistic_loss")) {
      Output x = convert(logits, dtypeOf(labels), "logits");
      Output z = convert(labels, x.dtype(), "targets");
      checkSameShape("labels", z.shape(), "logits", x.shape());
      Tensor weight = add(mul(sub(posWeight, convert(1, x.dtype(), "one")), z), 1);
      Tensor tail = add(log1p(exp(neg(abs(x)))), relu(neg(x)));
      return node("Add", s.name(), mul(sub(1, z), x), mul(weight, tail));
    }
  }

  /** {@link #logPoissonLoss(Object, Object, boolean)} without the part that is constant in c. */
  public Tensor logPoissonLoss(Object targets, Object logInput) {
    return logPoissonLoss(targets, logInput, false);
  }

  /**
   * The negative logarithm of the likelihood of {@code targets} z under Poisson distributions of
   * means {@code exp(c)}, each element by itself: {@code exp(c) - z * c}.
   *
   * @param logInput c
   * @param full whether to add Stirling's approximation of {@code log(z!)} where z is above 1
   */
  public Tensor logPoissonLoss(Object targets, Object logInput, boolean full) {
    try (Scope s = graph().nameScope("log_poisson_loss")) {
      Output c = convert(logInput, dtypeOf(targets), "log_input");
      Output z = convert(targets, c.dtype(), "targets");
      checkSameShape("targets", z.shape(), "log_input", c.shape());
      Tensor loss = sub(exp(c), mul(c, z));
      if (!full) {
        return loss;
      }
      Tensor stirling = add(sub(mul(z, log(z)), z), mul(0.5, log(mul(2 * Math.PI, z))));
      Tensor small = logicalAnd(greaterEqual(z, 0), lessEqual(z, 1));
      return add(loss, where(small, zerosLike(z), stirling));
    }
  }

  /** {@code x / sqrt(max(sum(x²), 1e-12))} along {@code axis}: vectors of length 1. */
  public Tensor l2Normalize(Object x, int axis) {
    return l2Normalize(x, 1e-12, axis);
  }

  /**
   * {@code x / sqrt(max(sum(x²), epsilon))} along the axes: vectors of length 1.
   *
   * @param axes the axes whose elements make a vector; none for all
   */
  public Tensor l2Normalize(Object x, double epsilon, int... axes) {
    try (Scope s = graph().nameScope("l2_normalize")) {
      Tensor in = tensor(convert(x, null, "x"));
      Tensor sum = reduceSum(square(in), true, axes);
      return node("Mul", s.name(), in, rsqrt(maximum(sum, epsilon)));
    }
  }

  /** Mean and variance over the axes: a list of the two. */
  public List<Tensor> moments(Object x, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("moments")) {
      Tensor in = tensor(convert(x, null, "x"));
      boolean half = in.dtype() == DataType.FLOAT16;
      Tensor y = half ? cast(in, DataType.FLOAT32) : in;
      Tensor mean = finish(begin("Mean", "mean", y, moreAxes(y, axes)).attr("keep_dims", true));
      Tensor deviation = squaredDifference(y, stopGradient(mean));
      Tensor variance =
          finish(begin("Mean", "variance", deviation, moreAxes(y, axes)).attr("keep_dims", true));
      if (!keepDims) {
        mean = squeeze(mean, axes);
        variance = squeeze(variance, axes);
      }
      DataType dtype = in.dtype();
      return List.of(cast(mean, dtype), cast(variance, dtype));
    }
  }

  /**
   * Mean and variance over the axes of elements that count by weights: a list of the two.
   *
   * @param weights broadcast with x; where they sum to 0 the moments are NaN
   */
  public List<Tensor> weightedMoments(Object x, Object weights, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("weighted_moments")) {
      Tensor in = tensor(convert(x, null, "x"));
      Tensor w = cast(convert(weights, null, "weights"), in.dtype());
      boolean half = in.dtype() == DataType.FLOAT16;
      Tensor y = half ? cast(in, DataType.FLOAT32) : in;
      Tensor each = mul(onesLike(y), half ? cast(w, DataType.FLOAT32) : w);
      Tensor sum = reduceSum(each, true, axes);
      Tensor mean = div(reduceSum(mul(each, y), true, axes), sum);
      Tensor deviation = mul(each, squaredDifference(y, stopGradient(mean)));
      Tensor variance = div(reduceSum(deviation, true, axes), sum);
      if (!keepDims) {
        mean = axes.length == 0 ? reshape(mean) : squeeze(mean, axes);
        variance = axes.length == 0 ? reshape(variance) : squeeze(variance, axes);
      }
      return List.of(cast(mean, in.dtype()), cast(variance, in.dtype()));
    }
  }

  /**
   * What moments are computed from, to be added up over parts of the data: the number of elements,
   * their sum and the sum of their squares, each less {@code shift}.
   *
   * @param shift a number or tensor near the mean, for precision; null for none
   */
  public List<Tensor> sufficientStatistics(Object x, Object shift, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("sufficient_statistics")) {
      Tensor in = tensor(convert(x, null, "x"));
      Tensor ones = reduceSum(onesLike(in), axes);
      Tensor count = axes.length == 0 ? ones : reduceMax(ones);
      Tensor away = shift == null ? in : sub(in, shift);
      return List.of(
          count, reduceSum(away, keepDims, axes), reduceSum(square(away), keepDims, axes));
    }
  }

  /**
   * Mean and variance from {@link #sufficientStatistics}: a list of the two.
   *
   * @param shift what the sums are less by; null for none
   */
  public List<Tensor> normalizeMoments(Object count, Object sum, Object squares, Object shift) {
    try (Scope s = graph().nameScope("normalize")) {
      Tensor inverse = reciprocal(convert(count, null, "counts"));
      Tensor shifted = mul(sum, inverse);
      Tensor variance = sub(mul(squares, inverse), square(shifted));
      return List.of(shift == null ? shifted : add(shifted, shift), variance);
    }
  }

  /** Which part of the predictions equals the labels: a float32 scalar. */
  public Tensor accuracy(Object labels, Object predictions) {
    try (Scope s = graph().nameScope("accuracy")) {
      Output p = convert(predictions, dtypeOf(labels), "predictions");
      Output y = convert(labels, p.dtype(), "labels");
      checkSameShape("labels", y.shape(), "predictions", p.shape());
      return reduceMean(cast(equal(y, p), DataType.FLOAT32));
    }
  }

  private static Object moreAxes(Tensor x, int[] axes) {
    if (axes.length > 0) {
      return axes;
    }
    throw error("moments needs axes; for all of " + x + " name each");
  }

  // ---- sequences without alignment

  /**
   * The losses of sequences whose labels come in order, but nobody knows when (CTCLoss; Graves et
   * al., 2006), a vector with one for each sequence.
   *
   * @param labels int32 [batch, labels]; the greatest class is the blank and none of them
   * @param inputs scores before the softmax: [time, batch, classes]
   * @param lengths the length of each sequence: int32 [batch]
   */
  public Tensor ctcLoss(SparseTensor labels, Object inputs, Object lengths) {
    given(labels, "the labels");
    return node("CTCLoss", "CTCLoss", inputs, labels.indices(), labels.values(), lengths);
  }

  /** Labels, and the logarithm of how probable they are. */
  public record Decoded(List<SparseTensor> labels, Tensor logProbability) {}

  /** The best class at every time without blanks and repetitions (CTCGreedyDecoder). */
  public Decoded ctcGreedyDecoder(Object inputs, Object lengths) {
    return decoded(
        begin("CTCGreedyDecoder", "CTCGreedyDecoder", inputs, lengths).attr("merge_repeated", true),
        1);
  }

  /**
   * The most probable labels by beam search (CTCBeamSearchDecoder).
   *
   * @param width the number of beams
   * @param paths how many results for each sequence, the best first
   */
  public Decoded ctcBeamSearchDecoder(Object inputs, Object lengths, int width, int paths) {
    return decoded(
        begin("CTCBeamSearchDecoder", "CTCBeamSearchDecoder", inputs, lengths)
            .attr("beam_width", width)
            .attr("top_paths", paths)
            .attr("merge_repeated", false),
        paths);
  }

  private Decoded decoded(OpBuilder node, int paths) {
    List<Tensor> t = tensors(node.build());
    List<SparseTensor> labels = new ArrayList<>();
    for (int i = 0; i < paths; i++) {
      labels.add(new SparseTensor(t.get(i), t.get(paths + i), t.get(2 * paths + i)));
    }
    return new Decoded(labels, t.get(3 * paths));
  }
}
