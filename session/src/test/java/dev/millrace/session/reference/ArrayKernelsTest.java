package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static dev.millrace.graph.TensorValue.ofLongs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class ArrayKernelsTest {
  private static final TensorValue X = TensorValue.of(new int[][] {{1, 2, 3}, {4, 5, 6}});

  private static TensorValue of(String type, TensorValue... inputs) {
    return KernelCall.of(type, inputs).value();
  }

  private static TensorValue matrix(int[]... rows) {
    return TensorValue.of(rows);
  }

  private static AbstractThrowableAssert<?, ?> assertFails(KernelCall call) {
    return assertThatThrownBy(call::run).isInstanceOf(InvalidArgumentException.class);
  }

  private static AbstractThrowableAssert<?, ?> assertFails(String type, TensorValue... inputs) {
    return assertFails(KernelCall.of(type, inputs));
  }

  @Test
  void placeholdersMustBeFed() {
    assertFails(
            KernelCall.of("Placeholder")
                .name("x")
                .attr("dtype", DataType.FLOAT32)
                .attr("shape", Shape.of(-1, 2)))
        .hasMessage("placeholder 'x' must be fed a value of dtype float32 and shape [?,2]");
  }

  @Test
  void reshapes() {
    assertThat(of("Reshape", X, ofInts(3, -1)).shape()).isEqualTo(Shape.of(3, 2));
    assertThat(of("Reshape", TensorValue.of(7), ofInts(-1)).shape()).isEqualTo(Shape.of(1));
    assertThat(of("Reshape", ofInts(7), TensorValue.zeros(DataType.INT32, Shape.of(0))))
        .isEqualTo(TensorValue.of(7));
    TensorValue none = TensorValue.zeros(DataType.INT32, Shape.of(0, 3));
    assertThat(of("Reshape", none, ofInts(3, -1)).shape()).isEqualTo(Shape.of(3, 0));
    assertThat(of("Reshape", none, ofInts(0, -1)).shape()).isEqualTo(Shape.of(0, 3));
    assertFails("Reshape", X, ofInts(4, -1)).hasMessageContaining("6 elements");
    assertFails("Reshape", X, ofInts(-1, -1)).hasMessageContaining("only one");
    assertFails("Reshape", X, ofInts(5)).hasMessageContaining("[2,3]");
  }

  @Test
  void expandsAndSqueezes() {
    assertThat(of("ExpandDims", X, TensorValue.of(-1)).shape()).isEqualTo(Shape.of(2, 3, 1));
    assertThat(of("ExpandDims", X, TensorValue.of(0)).shape()).isEqualTo(Shape.of(1, 2, 3));
    assertFails("ExpandDims", X, TensorValue.of(3)).hasMessageContaining("axis 3");
    TensorValue y = X.reshape(Shape.of(1, 2, 1, 3));
    assertThat(squeeze(y).value().shape()).isEqualTo(Shape.of(2, 3));
    assertThat(squeeze(y, -2).value().shape()).isEqualTo(Shape.of(1, 2, 3));
    assertFails(squeeze(y, 1)).hasMessageContaining("not 1");
  }

  private static KernelCall squeeze(TensorValue x, long... dims) {
    return KernelCall.of("Squeeze", x).attr("squeeze_dims", AttrValue.ofInts(dims));
  }

  @Test
  void transposes() {
    assertThat(of("Transpose", X, ofInts(1, 0)))
        .isEqualTo(matrix(new int[] {1, 4}, new int[] {2, 5}, new int[] {3, 6}));
    TensorValue cube = ofInts(0, 1, 2, 3, 4, 5).reshape(Shape.of(1, 2, 3));
    assertThat(of("Transpose", cube, ofInts(2, 0, 1)).ints()).containsExactly(0, 3, 1, 4, 2, 5);
    assertFails("Transpose", X, ofInts(0, 0)).hasMessageContaining("no permutation");
    assertFails("Transpose", X, ofInts(0)).hasMessageContaining("2 dimensions");
    TensorValue z = TensorValue.wrap(DataType.COMPLEX64, Shape.of(1, 2), new float[] {1, 2, 3, 4});
    assertThat(of("ConjugateTranspose", z, ofInts(1, 0)).floats()).containsExactly(1, -2, 3, -4);
    assertThat(of("InvertPermutation", ofInts(2, 0, 1))).isEqualTo(ofInts(1, 2, 0));
    assertFails("InvertPermutation", ofInts(1, 1)).hasMessageContaining("twice");
    assertThat(of("ReverseV2", X, ofInts(-1)).ints()).containsExactly(3, 2, 1, 6, 5, 4);
    assertFails("ReverseV2", X, ofInts(0, -2)).hasMessageContaining("twice");
  }

  @Test
  void slices() {
    assertThat(of("Slice", X, ofInts(0, 1), ofInts(-1, 2)).ints()).containsExactly(2, 3, 5, 6);
    assertThat(of("Slice", X, ofInts(2, 0), ofInts(0, 3)).shape()).isEqualTo(Shape.of(0, 3));
    assertFails("Slice", X, ofInts(0, 2), ofInts(1, 2)).hasMessageContaining("dimension 1");
    assertFails("Slice", X, ofInts(-1, 0), ofInts(1, 1));
  }

  private static KernelCall strided(TensorValue x, int[] begin, int[] end, int[] strides) {
    return masks(
        KernelCall.of("StridedSlice", x, ofInts(begin), ofInts(end), ofInts(strides)),
        0,
        0,
        0,
        0,
        0);
  }

  private static KernelCall masks(
      KernelCall call, int begin, int end, int ellipsis, int newAxis, int shrink) {
    return call.attr("begin_mask", begin)
        .attr("end_mask", end)
        .attr("ellipsis_mask", ellipsis)
        .attr("new_axis_mask", newAxis)
        .attr("shrink_axis_mask", shrink);
  }

  @Test
  void stridedSlices() {
    int[] zero = {0};
    int[] one = {1};
    assertThat(strided(X, new int[] {0, -1}, new int[] {2, -4}, new int[] {1, -2}).value().ints())
        .containsExactly(3, 1, 6, 4);
    assertThat(strided(X, zero, new int[] {100}, one).value()).isEqualTo(X);
    assertThat(strided(X, new int[] {5}, new int[] {100}, one).value().shape())
        .isEqualTo(Shape.of(0, 3));
    assertThat(masks(strided(X, new int[] {-1}, zero, one), 0, 0, 0, 0, 1).value())
        .isEqualTo(ofInts(4, 5, 6));
    assertThat(masks(strided(X, zero, zero, new int[] {-1}), 1, 1, 0, 0, 0).value().ints())
        .containsExactly(4, 5, 6, 1, 2, 3);
    // x[..., newaxis, 1]
    int[] three = {0, 0, 1};
    KernelCall call =
        masks(strided(X, three, new int[] {0, 0, 2}, new int[] {1, 1, 1}), 0, 0, 1, 2, 4);
    assertThat(call.value()).isEqualTo(matrix(new int[] {2}, new int[] {5}));
    assertFails(masks(strided(X, new int[] {2}, zero, one), 0, 0, 0, 0, 1))
        .hasMessageContaining("index 2 is out of bounds");
    assertFails(strided(X, zero, one, zero)).hasMessageContaining("must not be 0");
    assertFails(strided(X, three, three, new int[] {1, 1, 1}))
        .hasMessageContaining("no dimension left");
    assertFails(
            masks(strided(X, new int[] {0, 0}, new int[] {1, 1}, new int[] {1, 1}), 0, 0, 3, 0, 0))
        .hasMessageContaining("only one ellipsis");
  }

  @Test
  void theGradientOfASliceIsZeroElsewhere() {
    KernelCall call =
        KernelCall.of(
            "StridedSliceGrad",
            ofInts(2, 3),
            ofInts(0, 2),
            ofInts(2, 0),
            ofInts(1, -1),
            X.reshape(Shape.of(3, 2)));
    assertFails(masks(call, 0, 0, 0, 0, 0)).hasMessageContaining("[2,2]");
    KernelCall fits =
        KernelCall.of(
            "StridedSliceGrad",
            ofInts(2, 3),
            ofInts(0, 2),
            ofInts(2, 0),
            ofInts(1, -1),
            matrix(new int[] {1, 2}, new int[] {3, 4}));
    assertThat(masks(fits, 0, 0, 0, 0, 0).value().ints()).containsExactly(0, 2, 1, 0, 4, 3);
  }

  @Test
  void joinsAndSplits() {
    TensorValue wide =
        of("ConcatV2", X, X, TensorValue.zeros(DataType.INT32, Shape.of(2, 0)), TensorValue.of(-1));
    assertThat(wide.ints()).containsExactly(1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6);
    assertThat(of("Concat", TensorValue.of(0), X, X).shape()).isEqualTo(Shape.of(4, 3));
    assertFails("ConcatV2", X, ofInts(1, 2), TensorValue.of(0)).hasMessageContaining("input 1");
    KernelCall offsets =
        KernelCall.of("ConcatOffset", TensorValue.of(1), ofInts(2, 3), ofInts(2, 5)).run();
    assertThat(offsets.output(0)).isEqualTo(ofInts(0, 0));
    assertThat(offsets.output(1)).isEqualTo(ofInts(0, 3));

    TensorValue packed = KernelCall.of("Pack", ofInts(1, 2), ofInts(3, 4)).attr("axis", -1).value();
    assertThat(packed).isEqualTo(matrix(new int[] {1, 3}, new int[] {2, 4}));
    KernelCall unpacked = KernelCall.of("Unpack", X).attr("axis", 1).attr("num", 3).run();
    assertThat(unpacked.output(2)).isEqualTo(ofInts(3, 6));
    assertFails(KernelCall.of("Unpack", X).attr("axis", 1).attr("num", 2));

    KernelCall split = KernelCall.of("Split", TensorValue.of(1), X).attr("num_split", 3).run();
    assertThat(split.output(1)).isEqualTo(matrix(new int[] {2}, new int[] {5}));
    assertFails(KernelCall.of("Split", TensorValue.of(1), X).attr("num_split", 2));
    KernelCall sizes =
        KernelCall.of("SplitV", X, ofInts(-1, 2), TensorValue.of(1)).attr("num_split", 2).run();
    assertThat(sizes.output(0).ints()).containsExactly(1, 4);
    assertThat(sizes.output(1).ints()).containsExactly(2, 3, 5, 6);
    assertFails(KernelCall.of("SplitV", X, ofInts(1, 1), TensorValue.of(1)).attr("num_split", 2))
        .hasMessageContaining("do not add up");
  }

  @Test
  void padsAndTiles() {
    TensorValue sides = matrix(new int[] {1, 0}, new int[] {0, 2});
    assertThat(of("Pad", X, sides).ints())
        .containsExactly(0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0);
    assertThat(of("PadV2", ofInts(1), matrix(new int[] {1, 1}), TensorValue.of(9)))
        .isEqualTo(ofInts(9, 1, 9));
    TensorValue row = ofInts(1, 2, 3);
    TensorValue two = matrix(new int[] {2, 2});
    assertThat(KernelCall.of("MirrorPad", row, two).attr("mode", "REFLECT").value())
        .isEqualTo(ofInts(3, 2, 1, 2, 3, 2, 1));
    assertThat(KernelCall.of("MirrorPad", row, two).attr("mode", "SYMMETRIC").value())
        .isEqualTo(ofInts(2, 1, 1, 2, 3, 3, 2));
    assertFails(KernelCall.of("MirrorPad", row, matrix(new int[] {3, 0})).attr("mode", "REFLECT"))
        .hasMessageContaining("at most 2");
    assertThat(of("Tile", X, ofInts(1, 2)).ints())
        .containsExactly(1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6);
    assertThat(of("Tile", X, ofInts(0, 2)).shape()).isEqualTo(Shape.of(0, 6));
    assertFails("Tile", X, ofInts(1, -1)).hasMessageContaining("negative");
  }

  @Test
  void fillsAndBroadcasts() {
    assertThat(of("Fill", ofInts(2), TensorValue.of("a")).toJava())
        .isEqualTo(new String[] {"a", "a"});
    assertThat(of("Fill", ofLongs(0, 2), TensorValue.of(1)).shape()).isEqualTo(Shape.of(0, 2));
    assertFails("Fill", ofInts(-1), TensorValue.of(1)).hasMessageContaining("-1");
    assertThat(of("BroadcastTo", ofInts(1, 2), ofInts(2, 2)).ints()).containsExactly(1, 2, 1, 2);
    assertFails("BroadcastTo", ofInts(1, 2), ofInts(3)).hasMessageContaining("[2]");
    assertThat(of("BroadcastArgs", ofInts(3, 1), ofInts(2))).isEqualTo(ofInts(3, 2));
    KernelCall grad = KernelCall.of("BroadcastGradientArgs", ofInts(2, 1, 1), ofInts(3, 1)).run();
    assertThat(grad.output(0)).isEqualTo(ofInts(1, 2));
    assertThat(grad.output(1)).isEqualTo(ofInts(0, 2));
    KernelCall same = KernelCall.of("BroadcastGradientArgs", ofInts(1, 1), ofInts(1, 1)).run();
    assertThat(same.output(0).size()).isZero();
    assertThat(same.output(1).size()).isZero();
  }

  @Test
  void oneHot() {
    KernelCall last =
        KernelCall.of(
                "OneHot",
                ofInts(1, -1, 5),
                TensorValue.of(2),
                TensorValue.of(1f),
                TensorValue.of(0f))
            .attr("axis", -1);
    assertThat(last.value().floats()).containsExactly(0, 1, 0, 0, 0, 0);
    KernelCall first =
        KernelCall.of(
                "OneHot", ofInts(1, 0, 1), TensorValue.of(2), TensorValue.of(7), TensorValue.of(0))
            .attr("axis", 0);
    assertThat(first.value().ints()).containsExactly(0, 7, 0, 7, 0, 7);
    assertFails(
        KernelCall.of("OneHot", ofInts(1), TensorValue.of(-2), TensorValue.of(7), TensorValue.of(0))
            .attr("axis", 0));
  }

  @Test
  void gathers() {
    assertThat(of("Gather", X, ofInts(1, 1, 0)).shape()).isEqualTo(Shape.of(3, 3));
    assertThat(gatherV2(X, matrix(new int[] {2, 0}), -1, 0).value().ints())
        .containsExactly(3, 1, 6, 4);
    assertThat(gatherV2(X, TensorValue.of(1), 1, 0).value()).isEqualTo(ofInts(2, 5));
    TensorValue perRow = matrix(new int[] {2, 0}, new int[] {1, 1});
    assertThat(gatherV2(X, perRow, 1, 1).value().ints()).containsExactly(3, 1, 5, 5);
    assertFails(gatherV2(X, matrix(new int[] {0, 1}, new int[] {0, 2}), 0, 0))
        .hasMessage("indices[1,1] = 2 is not in [0, 2)");
    assertFails(gatherV2(X, ofInts(-1), 0, 0)).hasMessageContaining("indices[0] = -1");
    assertThat(of("GatherNd", X, matrix(new int[] {1, 2}, new int[] {0, 0})))
        .isEqualTo(ofInts(6, 1));
    assertThat(of("GatherNd", X, matrix(new int[] {1}))).isEqualTo(matrix(new int[] {4, 5, 6}));
    assertThat(of("GatherNd", X, TensorValue.zeros(DataType.INT32, Shape.of(2, 0))).shape())
        .isEqualTo(Shape.of(2, 2, 3));
    assertFails("GatherNd", X, matrix(new int[] {0, 0}, new int[] {0, 3}))
        .hasMessage("indices[1] = [0,3] does not index into shape [2,3]");
  }

  private static KernelCall gatherV2(TensorValue x, TensorValue indices, int axis, int batchDims) {
    return KernelCall.of("GatherV2", x, indices, TensorValue.of(axis))
        .attr("batch_dims", batchDims);
  }

  @Test
  void scatteredSlicesAddUp() {
    TensorValue indices = matrix(new int[] {1}, new int[] {1});
    assertThat(of("ScatterNd", indices, X, ofInts(3, 3)).ints())
        .containsExactly(0, 0, 0, 5, 7, 9, 0, 0, 0);
    assertFails("ScatterNd", indices, X, ofInts(1, 3)).hasMessageContaining("indices[0] = [1]");
    assertFails("ScatterNd", indices, X, ofInts(3, 2))
        .hasMessageContaining("must be of shape [2,2]");
  }

  @Test
  void findsElements() {
    TensorValue found = of("Where", ofFloats(0, -0f, Float.NaN, 2));
    assertThat(found).isEqualTo(TensorValue.of(new long[][] {{2}, {3}}));
    assertThat(of("Where", TensorValue.zeros(DataType.BOOL, Shape.of(2, 2))).shape())
        .isEqualTo(Shape.of(0, 2));
    KernelCall unique =
        KernelCall.of("Unique", TensorValue.of(new String[] {"b", "a", "b"}))
            .attr("out_idx", DataType.INT64)
            .run();
    assertThat(unique.output(0).toJava()).isEqualTo(new String[] {"b", "a"});
    assertThat(unique.output(1)).isEqualTo(ofLongs(0, 1, 0));
    KernelCall nan =
        KernelCall.of("Unique", ofFloats(Float.NaN, Float.NaN, 0, -0f))
            .attr("out_idx", DataType.INT32)
            .run();
    assertThat(nan.output(1)).isEqualTo(ofInts(0, 1, 2, 2));
  }

  @Test
  void checksValuesAndShapes() {
    KernelCall numbers =
        KernelCall.of("CheckNumerics", ofFloats(1, Float.NaN, Float.NaN)).attr("message", "loss");
    assertFails(numbers).hasMessageContaining("loss").hasMessageContaining("2 NaN");
    assertThat(KernelCall.of("EnsureShape", X).attr("shape", Shape.of(-1, 3)).value()).isSameAs(X);
    assertFails(KernelCall.of("EnsureShape", X).attr("shape", Shape.of(3, 3)));
    KernelCall failed =
        KernelCall.of("Assert", TensorValue.of(false), TensorValue.of("x ="), ofInts(1, 2, 3, 4))
            .attr("summarize", 3);
    assertFails(failed).hasMessage("assertion failed: [x =] [1 2 3 ...]");
    assertThat(
            KernelCall.of("Assert", TensorValue.of(true)).attr("summarize", 3).run().outputCount())
        .isZero();
  }

  @Test
  void shapesAsValues() {
    assertThat(KernelCall.of("Shape", X).attr("out_type", DataType.INT64).value())
        .isEqualTo(ofLongs(2, 3));
    assertThat(KernelCall.of("Size", X).attr("out_type", DataType.INT32).value())
        .isEqualTo(TensorValue.of(6));
    assertThat(of("Rank", TensorValue.of(1))).isEqualTo(TensorValue.of(0));
    assertThat(of("OnesLike", TensorValue.zeros(DataType.BOOL, Shape.of(1))).getBoolean(0))
        .isTrue();
    assertThat(of("ZerosLike", TensorValue.of("a")).getString(0)).isEmpty();
  }

  @Test
  void everyRefusalIsAMillraceException() {
    TensorValue[] odd = {
      TensorValue.of(1),
      ofInts(),
      ofInts(-1),
      X,
      ofFloats(1, 2),
      TensorValue.zeros(DataType.INT32, Shape.of(0, 3))
    };
    for (String type :
        new String[] {
          "Transpose", "Reshape", "Tile", "GatherNd", "Pad", "BroadcastTo", "ReverseV2"
        }) {
      for (TensorValue x : odd) {
        for (TensorValue y : odd) {
          try {
            of(type, x, y);
          } catch (MillraceException e) {
            assertThat(e.getMessage()).isNotBlank();
          }
        }
      }
    }
  }
}
