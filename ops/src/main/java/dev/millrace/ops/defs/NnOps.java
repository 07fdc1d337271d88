package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Activations, softmax and cross-entropy, biases, and ranking. */
final class NnOps {
  private static final String FLOATS = "T: {half, bfloat16, float, double}";
  private static final String REAL = "T: realnumbertype";
  private static final String RELU =
      "T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64,"
          + " qint8}";
  private static final String ALPHA = "alpha: float = 0.2";
  private static final String LEAKY = "T: {half, bfloat16, float, double} = float";
  private static final String FORMAT = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";

  private NnOps() {}

  static void register(OpRegistry r) {
    activations(r);
    softmax(r);
    biases(r);
    ranking(r);
    r.add(
        OpDef.named("L2Loss")
            .inputs("t: T")
            .outputs("output: T")
            .attrs(FLOATS)
            .shape(Shapes::scalar));
  }

  private static void activations(OpRegistry r) {
    r.add(activation("Relu", RELU));
    r.add(activation("Relu6", REAL));
    r.add(activation("LeakyRelu", ALPHA, LEAKY));
    for (String op : new String[] {"Elu", "Selu", "Softplus", "Softsign"}) {
      r.add(activation(op, FLOATS));
    }
    r.add(gradient("ReluGrad", "features", REAL));
    r.add(gradient("Relu6Grad", "features", REAL));
    r.add(gradient("LeakyReluGrad", "features", ALPHA, LEAKY));
    r.add(gradient("EluGrad", "outputs", FLOATS));
    r.add(gradient("SeluGrad", "outputs", FLOATS));
    r.add(gradient("SoftplusGrad", "features", FLOATS));
    r.add(gradient("SoftsignGrad", "features", FLOATS));
  }

  private static OpDef.Builder activation(String op, String... attrs) {
    return OpDef.named(op)
        .inputs("features: T")
        .outputs("activations: T")
        .attrs(attrs)
        .shape(Shapes::unchanged);
  }

  private static OpDef.Builder gradient(String op, String of, String... attrs) {
    return OpDef.named(op)
        .inputs("gradients: T", of + ": T")
        .outputs("backprops: T")
        .attrs(attrs)
        .shape(Shapes::allAlike);
  }

  private static void softmax(OpRegistry r) {
    r.add(
        OpDef.named("Softmax")
            .inputs("logits: T")
            .outputs("softmax: T")
            .attrs(FLOATS)
            .shape(Shapes::unchangedVectors));
    r.add(
        OpDef.named("LogSoftmax")
            .inputs("logits: T")
            .outputs("logsoftmax: T")
            .attrs(FLOATS)
            .shape(Shapes::unchangedVectors));
    r.add(
        OpDef.named("SoftmaxCrossEntropyWithLogits")
            .inputs("features: T", "labels: T")
            .outputs("loss: T", "backprop: T")
            .attrs(FLOATS)
            .shape(NnOps::crossEntropyShape));
    r.add(
        OpDef.named("SparseSoftmaxCrossEntropyWithLogits")
            .inputs("features: T", "labels: Tlabels")
            .outputs("loss: T", "backprop: T")
            .attrs(FLOATS, "Tlabels: {int32, int64} = int64")
            .shape(NnOps::sparseCrossEntropyShape));
  }

  /** Features and labels broadcast to one matrix, with a row an example. */
  private static void crossEntropyShape(ShapeContext c) {
    Shape features = c.input(0);
    Shape labels = c.input(1);
    Shape both = atMostMatrix(features, labels).broadcast(atMostMatrix(labels, features));
    if (!both.hasRank() || both.rank() != 2) {
      throw new InvalidArgumentException(
          "features and labels must broadcast to a matrix with a row an example, but their shapes"
              + " are "
              + features
              + " and "
              + labels);
    }
    c.output(0, Shape.vector(both.dim(0)));
    c.output(1, both);
  }

  /** A shape of which nothing is known, beside one that broadcasts to a matrix, is a matrix's. */
  private static Shape atMostMatrix(Shape s, Shape other) {
    return !s.hasRank() && other.rank() <= 2 ? Shape.ofRank(2) : s;
  }

  private static void sparseCrossEntropyShape(ShapeContext c) {
    Shape features = c.inputOfRank(0, 2);
    Shape labels = c.inputOfRank(1, 1);
    long batch =
        Shapes.mergeDims(
            features.dim(0), labels.dim(0), "the rows of the features and the number of labels");
    c.output(0, Shape.vector(batch));
    c.output(1, Shape.matrix(batch, features.dim(1)));
  }

  private static void biases(OpRegistry r) {
    r.add(
        OpDef.named("BiasAdd")
            .inputs("value: T", "bias: T")
            .outputs("output: T")
            .attrs("T: numbertype", FORMAT)
            .shape(c -> biasAddShape(c, isChannelsFirst(c))));
    r.add(
        OpDef.named("BiasAddV1")
            .inputs("value: T", "bias: T")
            .outputs("output: T")
            .attrs("T: numbertype")
            .shape(c -> biasAddShape(c, false)));
    r.add(
        OpDef.named("BiasAddGrad")
            .inputs("out_backprop: T")
            .outputs("output: T")
            .attrs("T: numbertype", FORMAT)
            .shape(NnOps::biasAddGradShape));
  }

  private static boolean isChannelsFirst(ShapeContext c) {
    return c.attrs().getString("data_format").equals("NCHW");
  }

  private static void biasAddShape(ShapeContext c, boolean channelsFirst) {
    Shape value = c.inputOfRankAtLeast(0, channelsFirst ? 3 : 2);
    long bias = c.inputOfRank(1, 1).dim(0);
    if (!value.hasRank()) {
      c.output(0, value);
      return;
    }
    int at = channelsFirst ? 1 : value.rank() - 1;
    long channels =
        Shapes.mergeDims(
            value.dim(at), bias, "dimension " + at + " of the value " + value + " and the bias");
    c.output(0, value.withDim(at, channels));
  }

  private static void biasAddGradShape(ShapeContext c) {
    boolean first = isChannelsFirst(c);
    Shape in = c.inputOfRankAtLeast(0, first ? 3 : 2);
    c.output(0, Shape.vector(in.dim(first ? 1 : -1)));
  }

  private static void ranking(OpRegistry r) {
    r.add(
        OpDef.named("InTopK")
            .inputs("predictions: float", "targets: T")
            .outputs("precision: bool")
            .attrs("k: int", "T: {int32, int64} = int32")
            .shape(NnOps::inTopKShape));
    r.add(
        OpDef.named("InTopKV2")
            .inputs("predictions: float", "targets: T", "k: T")
            .outputs("precision: bool")
            .attrs("T: {int32, int64} = int32")
            .shape(NnOps::inTopKShape));
    r.add(
        OpDef.named("TopKV2")
            .inputs("input: T", "k: int32")
            .outputs("values: T", "indices: int32")
            .attrs("sorted: bool = true", REAL)
            .valueInputs(1)
            .shape(NnOps::topKShape));
    r.add(
        OpDef.named("TopK")
            .inputs("input: T")
            .outputs("values: T", "indices: int32")
            .attrs("k: int >= 0", "sorted: bool = true", REAL)
            .shape(NnOps::topKShape));
  }

  private static void inTopKShape(ShapeContext c) {
    if (c.inputCount() == 3) {
      Shapes.requireScalar(c, 2, "k");
    }
    long rows = c.inputOfRank(0, 2).dim(0);
    long targets = c.inputOfRank(1, 1).dim(0);
    c.output(
        0,
        Shape.vector(
            Shapes.mergeDims(rows, targets, "the rows of predictions and the number of targets")));
  }

  private static void topKShape(ShapeContext c) {
    Long k = c.inputCount() > 1 ? Shapes.scalarInt(c, 1, "k") : (Long) c.attrs().getInt("k");
    Shape in = c.inputOfRankAtLeast(0, 1);
    long last = in.dim(-1);
    if (k != null && (k < 0 || (last != Shape.UNKNOWN && k > last))) {
      throw new InvalidArgumentException(
          "k must lie in [0, last dimension of the input], but is " + k + " for input " + in);
    }
    Shape out = in.hasRank() ? in.withDim(-1, k == null ? Shape.UNKNOWN : k) : in;
    c.output(0, out);
    c.output(1, out);
  }
}
