package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KnownIntsTest {
  @Property
  void aShapeSpeltOutIsTheShape(@ForAll @Size(max = 5) List<@LongRange(min = -1) Long> sizes) {
    long[] dims = sizes.stream().mapToLong(Long::longValue).toArray();
    Shape s = Shape.of(dims);
    KnownInts k = KnownInts.ofShape(s);
    assertThat(k.toShape()).isEqualTo(s);
    assertThat(k.isFullyKnown()).isEqualTo(s.isFullyDefined());
    assertThat(k.size()).isEqualTo(dims.length);
    for (int i = 0; i < dims.length; i++) {
      assertThat(k.isKnown(i)).isEqualTo(dims[i] >= 0);
      assertThat(k.get(i, 77)).isEqualTo(dims[i] >= 0 ? dims[i] : 77);
    }
  }

  @Property
  void valuesGoInAndComeBack(@ForAll @Size(max = 10) int[] xs) {
    TensorValue v = TensorValue.ofInts(xs);
    assertThat(KnownInts.of(v).toValue(DataType.INT32)).isEqualTo(v);
    assertThat(KnownInts.of(v)).isEqualTo(KnownInts.vector(v.toLongs()));
    assertThat(KnownInts.of(v)).hasSameHashCodeAs(KnownInts.vector(v.toLongs()));
  }

  @Test
  void scalarsAreNotVectors() {
    KnownInts k = KnownInts.of(TensorValue.of(7));
    assertThat(k.isScalar()).isTrue();
    assertThat(k).isEqualTo(KnownInts.scalar(7)).isNotEqualTo(KnownInts.vector(7));
    assertThat(k).hasToString("7");
    assertThat(KnownInts.vector(7)).hasToString("[7]");
    assertThat(k.toValue(DataType.INT64)).isEqualTo(TensorValue.of(7L));
    assertThat(KnownInts.scalar(1).toValue(DataType.BOOL)).isEqualTo(TensorValue.of(true));
  }

  @Test
  void onlySmallIntegersAreFollowed() {
    assertThat(KnownInts.of(TensorValue.of(1f))).isNull();
    assertThat(KnownInts.of(TensorValue.of(new int[1][1]))).isNull();
    assertThat(KnownInts.of(TensorValue.ofInts(new int[KnownInts.MAX_SIZE + 1]))).isNull();
    assertThat(KnownInts.of(TensorValue.of(true))).isEqualTo(KnownInts.scalar(1));
    assertThat(KnownInts.ofShape(Shape.unknown())).isNull();
  }

  @Test
  void whatIsNotKnownCannotBeAsked() {
    KnownInts k = KnownInts.builder(false, 3).set(0, 5).copy(2, KnownInts.vector(8, 9), 1).build();
    assertThat(k).hasToString("[5,?,9]");
    assertThat(k.toShape()).isEqualTo(Shape.of(5, -1, 9));
    assertThat(k.toValue(DataType.INT32)).isNull();
    assertThat(KnownInts.scalar(1).toValue(DataType.FLOAT32)).isNull();
    assertThatThrownBy(() -> k.get(1)).isInstanceOf(InternalException.class);
    assertThatThrownBy(k::toLongs).isInstanceOf(InternalException.class);
    assertThatThrownBy(() -> KnownInts.vector(-2).toShape())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void shapesFollowFromShapeArithmetic() {
    Graph g = TestOps.graph();
    Output x = TestOps.placeholder(g, "x", DataType.FLOAT32, Shape.of(-1, 6));
    Output shape = g.opBuilder("Shape", "shape").input(x).build().output(0);
    assertThat(shape.knownInts()).hasToString("[?,6]");
    assertThat(shape.constantValue()).isNull();
    Output reshaped = g.opBuilder("Reshape", "y").input(x).input(shape).build().output(0);
    assertThat(reshaped.shape()).isEqualTo(Shape.of(-1, 6));
    Output sizes = TestOps.constant(g, "sizes", new int[] {2, -1});
    assertThat(TestOps.identity(g, "i", sizes).constantValue())
        .isEqualTo(TensorValue.ofInts(2, -1));
    assertThat(g.opBuilder("Reshape", "z").input(x).input(sizes).build().output(0).shape())
        .isEqualTo(Shape.of(2, -1));
  }
}
