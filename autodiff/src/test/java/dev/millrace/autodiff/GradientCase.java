package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * A row of the gradient check: an op type, float64 inputs to differentiate by, and what to build of
 * them. The result may be several tensors.
 */
final class GradientCase {
  /** Builds what is to be differentiated. */
  @FunctionalInterface
  interface Function {
    List<Tensor> build(Ops tf, List<Tensor> inputs);
  }

  /** Builds what is to be differentiated, one tensor. */
  @FunctionalInterface
  interface SingleFunction {
    Tensor build(Ops tf, List<Tensor> inputs);
  }

  private final String opType;
  private final String what;
  private final List<TensorValue> inputs = new ArrayList<>();
  private final Random random;
  private Function function = this::node;
  private boolean secondOrder = true;
  private boolean needsShapes;
  private boolean single;

  private GradientCase(String opType, String what) {
    this.opType = opType;
    this.what = what;
    this.random = new Random((opType + what).hashCode());
  }

  static GradientCase row(String opType) {
    return row(opType, "");
  }

  /**
   * @param what what is special about the row
   */
  static GradientCase row(String opType, String what) {
    return new GradientCase(opType, what);
  }

  private List<Tensor> node(Ops tf, List<Tensor> xs) {
    OpBuilder b = tf.op(opType, null);
    xs.forEach(b::input);
    return b.build().outputs().stream().map(tf::tensor).toList();
  }

  /** An input of numbers between -2 and 2. */
  GradientCase any(long... shape) {
    return input(u -> 4 * u - 2, shape);
  }

  /** An input of numbers between {@code low} and {@code high}. */
  GradientCase between(double low, double high, long... shape) {
    return input(u -> low + u * (high - low), shape);
  }

  /** An input of numbers of either sign whose magnitude is between 0.3 and 2.3. */
  GradientCase notSmall(long... shape) {
    return input(u -> u < 0.5 ? -0.3 - 4 * u : 0.3 + 4 * (u - 0.5), shape);
  }

  private GradientCase input(DoubleUnaryOperator ofUniform, long... shape) {
    Shape s = Shape.of(shape);
    double[] v = new double[(int) s.numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = ofUniform.applyAsDouble(random.nextDouble());
    }
    return values(s, v);
  }

  /** An input of numbers that differ by 0.1 or more, in no order. */
  GradientCase distinct(long... shape) {
    Shape s = Shape.of(shape);
    double[] v = new double[(int) s.numElements()];
    for (int i = 0; i < v.length; i++) {
      int j = random.nextInt(i + 1);
      v[i] = v[j];
      v[j] = (i - v.length / 2) * 0.17 + 0.05;
    }
    return values(s, v);
  }

  /** An input of rows that are positive and sum to 1. */
  GradientCase distributions(long rows, long columns) {
    double[] v = new double[(int) (rows * columns)];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        v[(int) (r * columns + c)] = 0.1 + random.nextDouble();
        sum += v[(int) (r * columns + c)];
      }
      for (int c = 0; c < columns; c++) {
        v[(int) (r * columns + c)] /= sum;
      }
    }
    return values(Shape.of(rows, columns), v);
  }

  /** An input of these numbers. */
  GradientCase values(Shape shape, double... values) {
    inputs.add(TensorValue.ofDoubles(values).reshape(shape));
    return this;
  }

  /** Builds more, or other, than the op with the inputs as they are. */
  GradientCase with(SingleFunction f) {
    return withAll((tf, xs) -> List.of(f.build(tf, xs)));
  }

  /** As {@link #with}, giving several tensors. */
  GradientCase withAll(Function f) {
    function = f;
    return this;
  }

  /** Where the second derivative does not exist. */
  GradientCase firstOrderOnly() {
    secondOrder = false;
    return this;
  }

  /** Where what is built needs to know the inputs' shapes. */
  GradientCase needsShapes() {
    needsShapes = true;
    return this;
  }

  /**
   * Where the op computes in float32: steps and tolerance are larger, and what {@link #with} builds
   * gets and gives float32.
   */
  GradientCase inSinglePrecision() {
    single = true;
    return this;
  }

  boolean isInSinglePrecision() {
    return single;
  }

  String opType() {
    return opType;
  }

  List<TensorValue> inputs() {
    return inputs;
  }

  boolean hasSecondOrder() {
    return secondOrder;
  }

  boolean isForKnownShapesOnly() {
    return needsShapes;
  }

  List<Tensor> build(Ops tf, List<Tensor> xs) {
    if (!single) {
      return function.build(tf, xs);
    }
    List<Tensor> narrow = xs.stream().map(x -> x.cast(DataType.FLOAT32)).toList();
    return function.build(tf, narrow).stream()
        .map(t -> t.dtype() == DataType.FLOAT32 ? t.cast(DataType.FLOAT64) : t)
        .toList();
  }

  @Override
  public String toString() {
    return what.isEmpty() ? opType : opType + " " + what;
  }
}
