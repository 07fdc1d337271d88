package dev.millrace.ops.defs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes stay known through the arithmetic that graphs do on them. */
class ConstantPropagationTest {
  private final Graph graph = new Graph();

  private Output op(String type, Output... inputs) {
    return graph.opBuilder(type, type).flatInputs(List.of(inputs)).build().output(0);
  }

  private Output ints(int... values) {
    return constant(TensorValue.ofInts(values));
  }

  private Output scalar(int value) {
    return constant(TensorValue.of(value));
  }

  private Output constant(TensorValue v) {
    return graph
        .opBuilder("Const", "c")
        .attr("dtype", v.dtype())
        .attr("value", v)
        .build()
        .output(0);
  }

  private Output placeholder(long... dims) {
    return graph
        .opBuilder("Placeholder", "x")
        .attr("dtype", DataType.FLOAT32)
        .attr("shape", Shape.of(dims))
        .build()
        .output(0);
  }

  private Output pack(Output... parts) {
    return graph.opBuilder("Pack", "pack").inputList(List.of(parts)).build().output(0);
  }

  /** {@code shape[i]}. */
  private Output element(Output shape, int i) {
    return graph
        .opBuilder("StridedSlice", "element")
        .input(shape)
        .input(ints(i))
        .input(ints(i + 1))
        .input(ints(1))
        .attr("shrink_axis_mask", 1)
        .build()
        .output(0);
  }

  @Test
  void shapeSlicePackReshape() {
    Output x = placeholder(-1, 4, 8);
    Output shape = op("Shape", x);
    Output flat = op("Mul", element(shape, 1), element(shape, 2));
    Output y = op("Reshape", x, pack(element(shape, 0), flat));
    assertThat(flat.knownInts()).isEqualTo(KnownInts.scalar(32));
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 32));
  }

  @Test
  void aBatchOfUnknownSizeIsFilledInByAReshape() {
    Output x = placeholder(6, 4);
    Output y = op("Reshape", x, pack(scalar(-1), element(op("Shape", x), 1), scalar(2)));
    assertThat(y.shape()).isEqualTo(Shape.of(3, 4, 2));
  }

  @Test
  void productOfTheLeadingDimensions() {
    // What a dense layer on a tensor of rank 3 does: flatten, multiply, and unflatten.
    Output x = placeholder(5, -1, 8);
    Output shape = op("Shape", x);
    Output free = op("GatherV2", shape, ints(0, 1), scalar(0));
    Output last = op("GatherV2", shape, ints(2), scalar(0));
    Output rows = op("Prod", free, ints(0));
    Output depth = op("Prod", last, ints(0));
    Output flat = op("Reshape", x, pack(rows, depth));
    assertThat(free.knownInts().toShape()).isEqualTo(Shape.of(5, -1));
    assertThat(depth.knownInts()).isEqualTo(KnownInts.scalar(8));
    assertThat(flat.shape()).isEqualTo(Shape.of(-1, 8));
    Output full =
        graph
            .opBuilder("ConcatV2", "full")
            .inputList(List.of(free, ints(3)))
            .input(scalar(0))
            .build()
            .output(0);
    assertThat(op("Reshape", flat, full).shape()).isEqualTo(Shape.of(5, -1, 3));
  }

  @Test
  void axesOfAMeansGradient() {
    // The gradient of a mean: the sizes of what was reduced, set to 1, and tiled back.
    Output x = placeholder(4, 6);
    Output size = op("Size", x);
    Output out = op("Maximum", op("FloorDiv", size, scalar(4)), scalar(1));
    assertThat(out.knownInts()).isEqualTo(KnownInts.scalar(6));
    Output ones = op("Fill", ints(2), scalar(1));
    Output tiled = op("Tile", op("Reshape", placeholder(1), ones), op("Shape", x));
    assertThat(ones.knownInts()).isEqualTo(KnownInts.vector(1, 1));
    assertThat(tiled.shape()).isEqualTo(Shape.of(4, 6));
  }

  @Test
  void axesOfABroadcastsGradient() {
    Output r =
        graph
            .opBuilder("BroadcastGradientArgs", "args")
            .input(op("Shape", placeholder(4, 3)))
            .input(op("Shape", placeholder(3)))
            .build()
            .output(1);
    assertThat(r.shape()).isEqualTo(Shape.vector(1));
    assertThat(r.constantValue()).isEqualTo(TensorValue.ofInts(0));
    assertThat(op("Sum", placeholder(4, 3), r).shape()).isEqualTo(Shape.of(3));
  }

  @Test
  void rangeOverTheRankReducesEverything() {
    Output x = placeholder(-1, 3, 2);
    Output axes = op("Range", scalar(0), op("Rank", x), scalar(1));
    assertThat(axes.knownInts()).isEqualTo(KnownInts.vector(0, 1, 2));
    assertThat(op("Sum", x, axes).shape()).isEqualTo(Shape.scalar());
  }

  @Test
  void permutationMadeFromTheRank() {
    // Python's transpose without a permutation.
    Output x = placeholder(2, -1, 4);
    Output rank = op("Rank", x);
    Output perm = op("Sub", op("Sub", rank, scalar(1)), op("Range", scalar(0), rank, scalar(1)));
    assertThat(op("Transpose", x, perm).shape()).isEqualTo(Shape.of(4, -1, 2));
    assertThat(op("Transpose", op("Transpose", x, perm), op("InvertPermutation", perm)).shape())
        .isEqualTo(Shape.of(2, -1, 4));
  }

  @Test
  void dtypeChangesOnTheWay() {
    Output shape =
        graph
            .opBuilder("Cast", "cast")
            .input(op("Shape", placeholder(2, 3)))
            .attr("DstT", DataType.INT64)
            .build()
            .output(0);
    Output y = op("Reshape", placeholder(6), op("Identity", shape));
    assertThat(shape.constantValue()).isEqualTo(TensorValue.ofLongs(2, 3));
    assertThat(y.shape()).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void handlesTellTheShapeOfTheirVariable() {
    Output handle =
        graph
            .opBuilder("VarHandleOp", "v")
            .attr("dtype", DataType.FLOAT64)
            .attr("shape", Shape.of(2, -1))
            .build()
            .output(0);
    Output read =
        graph
            .opBuilder("ReadVariableOp", "read")
            .input(op("StopGradient", op("Identity", handle)))
            .attr("dtype", DataType.FLOAT64)
            .build()
            .output(0);
    assertThat(read.shape()).isEqualTo(Shape.of(2, -1));
    assertThat(op("VariableShape", handle).knownInts().toShape()).isEqualTo(Shape.of(2, -1));
  }

  @Test
  void longVectorsAreNotFollowed() {
    Output n = scalar(KnownInts.MAX_SIZE + 1);
    Output r = op("Range", scalar(0), n, scalar(1));
    assertThat(r.shape()).isEqualTo(Shape.vector(KnownInts.MAX_SIZE + 1));
    assertThat(r.knownInts()).isNull();
  }
}
