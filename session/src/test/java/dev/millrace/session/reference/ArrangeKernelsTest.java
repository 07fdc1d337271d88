package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Diagonals, blocks, patches and rotations: what the cases of TensorFlow leave open. */
class ArrangeKernelsTest {
  private static TensorValue count(long... dims) {
    Shape s = Shape.of(dims);
    return ofInts(IntStream.range(0, (int) s.numElements()).toArray()).reshape(s);
  }

  private static void fails(KernelCall call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void copiesAreSummed() {
    TensorValue x = count(4, 3);
    assertThat(KernelCall.of("TileGrad", x, ofInts(2, 3)).value())
        .isEqualTo(TensorValue.of(new int[][] {{24}, {42}}));
    assertThat(KernelCall.of("TileGrad", ofFloats(1, 2, 3, 4), ofInts(2)).value())
        .isEqualTo(ofFloats(4, 6));
    fails(KernelCall.of("TileGrad", x, ofInts(3, 1)), "is not tiled with multiples");
    fails(KernelCall.of("TileGrad", x, ofInts(2)), "one number for each dimension");
  }

  @Test
  void whatIsNoDiagonal() {
    fails(KernelCall.of("DiagPart", count(2, 3)), "must repeat the first");
    fails(KernelCall.of("MatrixDiag", TensorValue.of(1)), "at least a vector");
    fails(KernelCall.of("MatrixDiagPart", count(3)), "rank 2 or more");
    fails(KernelCall.of("MatrixSetDiag", count(2, 3), count(3)), "are of shape [2]");
    fails(
        KernelCall.of("MatrixBandPart", count(2, 3), TensorValue.of(3), TensorValue.of(0)),
        "num_lower must be negative or at most 2");
  }

  @Test
  void diagonalsOfAnything() {
    TensorValue words = TensorValue.of(new String[] {"a", "b"});
    TensorValue m = KernelCall.of("MatrixDiag", words).value();
    assertThat(m.getString(3)).isEqualTo("b");
    assertThat(m.getString(1)).isEmpty();
    TensorValue complex =
        TensorValue.wrap(DataType.COMPLEX64, Shape.of(2), new float[] {1, 2, 3, 4});
    assertThat(KernelCall.of("Diag", complex).value().floats())
        .containsExactly(1, 2, 0, 0, 0, 0, 3, 4);
  }

  @Test
  void blocksThatDoNotFit() {
    TensorValue none = TensorValue.zeros(DataType.INT32, Shape.of(1, 2));
    fails(KernelCall.of("SpaceToBatchND", count(1, 3), ofInts(2), none), "does not divide by 2");
    fails(KernelCall.of("SpaceToBatchND", count(1, 3), ofInts(0), none), "at least 1");
    fails(KernelCall.of("SpaceToBatchND", count(3), ofInts(1), none), "need more than shape [3]");
    fails(KernelCall.of("BatchToSpaceND", count(3, 3), ofInts(2), none), "does not divide");
    TensorValue crop = TensorValue.of(new int[][] {{3, 4}});
    fails(KernelCall.of("BatchToSpaceND", count(2, 3), ofInts(2), crop), "more is cropped");
    TensorValue negative = TensorValue.of(new int[][] {{-1, 1}});
    fails(
        KernelCall.of("SpaceToBatchND", count(1, 3), ofInts(1), negative), "must not be negative");
  }

  @Test
  void depthInBothFormats() {
    TensorValue nhwc = count(1, 2, 4, 3);
    TensorValue deep =
        KernelCall.of("SpaceToDepth", nhwc)
            .attr("block_size", 2)
            .attr("data_format", "NHWC")
            .value();
    assertThat(deep.shape()).isEqualTo(Shape.of(1, 1, 2, 12));
    TensorValue perm = ofInts(0, 3, 1, 2);
    TensorValue nchw = KernelCall.of("Transpose", nhwc, perm).value();
    KernelCall other =
        KernelCall.of("SpaceToDepth", nchw).attr("block_size", 2).attr("data_format", "NCHW");
    assertThat(other.value()).isEqualTo(KernelCall.of("Transpose", deep, perm).value());
    assertThat(
            KernelCall.of("DepthToSpace", other.value())
                .attr("block_size", 2)
                .attr("data_format", "NCHW")
                .value())
        .isEqualTo(nchw);
    assertThatThrownBy(
            () ->
                KernelCall.of("SpaceToDepth", nhwc)
                    .attr("block_size", 2)
                    .attr("data_format", "NCHW_VECT_C")
                    .run())
        .isInstanceOf(UnimplementedException.class);
  }

  @Test
  void noImagesGiveNoPatches() {
    TensorValue x = TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 4, 4, 1));
    assertThat(
            KernelCall.of("ExtractImagePatches", x)
                .attr("ksizes", AttrValue.ofInts(1, 2, 2, 1))
                .attr("strides", AttrValue.ofInts(1, 1, 1, 1))
                .attr("rates", AttrValue.ofInts(1, 1, 1, 1))
                .attr("padding", "VALID")
                .value()
                .shape())
        .isEqualTo(Shape.of(0, 3, 3, 4));
  }

  private static KernelCall reversed(TensorValue x, TensorValue lengths, int seq, int batch) {
    return KernelCall.of("ReverseSequence", x, lengths)
        .attr("seq_dim", seq)
        .attr("batch_dim", batch);
  }

  @Test
  void sequencesAreReversedUpToTheirLengths() {
    assertThat(reversed(count(2, 3), ofInts(2, 0), 1, 0).value())
        .isEqualTo(TensorValue.of(new int[][] {{1, 0, 2}, {3, 4, 5}}));
    TensorValue words = TensorValue.of(new String[][] {{"a", "b"}});
    assertThat(reversed(words, ofInts(2), 1, 0).value())
        .isEqualTo(TensorValue.of(new String[][] {{"b", "a"}}));
    fails(reversed(count(2, 3), ofInts(2, 4), 1, 0), "length 4 of sequence 1 lies outside [0, 3]");
    fails(reversed(count(2, 3), ofInts(2, -1), 1, 0), "length -1");
    fails(reversed(count(2, 3), ofInts(2), 1, 0), "a length for each of the 2");
  }

  @Test
  void rotationsOfEveryLength() {
    TensorValue zero = TensorValue.of(0);
    assertThat(KernelCall.of("Roll", ofInts(1, 2, 3), TensorValue.of(-7), zero).value())
        .isEqualTo(ofInts(2, 3, 1));
    TensorValue empty = TensorValue.zeros(DataType.INT32, Shape.of(0));
    assertThat(KernelCall.of("Roll", empty, TensorValue.of(3), zero).value()).isEqualTo(empty);
    fails(KernelCall.of("Roll", TensorValue.of(1), zero, zero), "a scalar has no axis");
    fails(KernelCall.of("Roll", ofInts(1), zero, TensorValue.of(1)), "axis 1 is outside");
    fails(KernelCall.of("Roll", ofInts(1), ofInts(1, 2), ofInts(0)), "vectors of one length");
  }
}
