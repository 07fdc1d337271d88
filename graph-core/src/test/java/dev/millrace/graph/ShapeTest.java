package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The algebra of partial shapes against sets of complete ones, all of rank 3 or less. */
class ShapeTest {
  private static final List<long[]> ALL = allComplete();

  private static List<long[]> allComplete() {
    List<long[]> all = new ArrayList<>();
    List<long[]> last = List.of(new long[0]);
    all.addAll(last);
    for (int rank = 1; rank <= 3; rank++) {
      List<long[]> next = new ArrayList<>();
      for (long[] s : last) {
        for (long d = 0; d <= 3; d++) {
          next.add(LongStream.concat(LongStream.of(s), LongStream.of(d)).toArray());
        }
      }
      all.addAll(next);
      last = next;
    }
    return all;
  }

  @Provide
  Arbitrary<Shape> shapes() {
    Arbitrary<Shape> ranked =
        Arbitraries.longs().between(-1, 3).array(long[].class).ofMaxSize(3).map(Shape::of);
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(9, ranked),
        net.jqwik.api.Tuple.of(1, Arbitraries.just(Shape.unknown())));
  }

  private static boolean fits(long[] complete, Shape s) {
    return s.isCompatibleWith(Shape.of(complete));
  }

  private static List<Shape> members(Shape s) {
    return ALL.stream().filter(c -> fitsByHand(c, s)).map(Shape::of).toList();
  }

  private static boolean fitsByHand(long[] complete, Shape s) {
    if (!s.hasRank()) {
      return true;
    }
    if (s.rank() != complete.length) {
      return false;
    }
    for (int i = 0; i < complete.length; i++) {
      if (s.dim(i) != -1 && s.dim(i) != complete[i]) {
        return false;
      }
    }
    return true;
  }

  @Property
  void compatibilityIsHavingATensorInCommon(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    boolean common = members(a).stream().anyMatch(members(b)::contains);
    assertThat(a.isCompatibleWith(b)).isEqualTo(common);
    assertThat(ALL).allSatisfy(c -> assertThat(fits(c, a)).isEqualTo(fitsByHand(c, a)));
  }

  @Property
  void mergeIsTheIntersection(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    List<Shape> common = new ArrayList<>(members(a));
    common.retainAll(members(b));
    if (common.isEmpty()) {
      assertThatThrownBy(() -> a.merge(b))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(a.toString())
          .hasMessageContaining(b.toString());
    } else {
      assertThat(members(a.merge(b))).isEqualTo(common);
      assertThat(a.merge(b)).isEqualTo(b.merge(a));
    }
  }

  @Property
  void relaxIsTheSmallestCover(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    Shape r = a.relax(b);
    assertThat(members(r)).containsAll(members(a)).containsAll(members(b));
    assertThat(r).isEqualTo(b.relax(a));
    if (a.hasRank() && b.hasRank() && a.rank() == b.rank()) {
      for (int i = 0; i < a.rank(); i++) {
        assertThat(r.dim(i)).isEqualTo(a.dim(i) == b.dim(i) ? a.dim(i) : Shape.UNKNOWN);
      }
    } else {
      assertThat(r.hasRank()).isFalse();
    }
    assertThat(a.relax(a)).isEqualTo(a);
  }

  @Property
  void broadcastTellsWhatIsCommonToAllResults(
      @ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    List<Shape> results = new ArrayList<>();
    for (Shape x : members(a)) {
      for (Shape y : members(b)) {
        long[] r = broadcastByHand(x.dims(), y.dims());
        if (r != null) {
          results.add(Shape.of(r));
        }
      }
    }
    if (results.isEmpty()) {
      assertThatThrownBy(() -> a.broadcast(b))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("do not broadcast");
      return;
    }
    Shape told = a.broadcast(b);
    assertThat(results).allMatch(told::isCompatibleWith);
    if (a.hasRank() && b.hasRank()) {
      assertThat(told).isEqualTo(results.stream().reduce(Shape::relax).orElseThrow());
    } else {
      assertThat(told.hasRank()).isFalse();
    }
  }

  private static long[] broadcastByHand(long[] x, long[] y) {
    long[] r = new long[Math.max(x.length, y.length)];
    for (int i = 0; i < r.length; i++) {
      int xi = i - (r.length - x.length);
      int yi = i - (r.length - y.length);
      long a = xi < 0 ? 1 : x[xi];
      long b = yi < 0 ? 1 : y[yi];
      if (a != b && a != 1 && b != 1) {
        return null;
      }
      r[i] = a == 1 ? b : a;
    }
    return r;
  }

  @Property
  void elementsAreTheProductWhereItIsCertain(@ForAll("shapes") Shape a) {
    List<Long> counts =
        members(a).stream()
            .map(s -> LongStream.of(s.dims()).reduce(1, (x, y) -> x * y))
            .distinct()
            .toList();
    boolean open = !a.hasRank() || counts.size() > 1;
    assertThat(a.numElements()).isEqualTo(open ? Shape.UNKNOWN : counts.get(0));
    assertThat(a.isFullyDefined()).isEqualTo(members(a).size() == 1);
  }

  @Property
  void slicesPutTogetherAgain(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    Shape both = a.concat(b);
    if (!a.hasRank() || !b.hasRank()) {
      assertThat(both).isEqualTo(Shape.unknown());
      return;
    }
    assertThat(both.slice(0, a.rank())).isEqualTo(a);
    assertThat(both.sliceFrom(a.rank())).isEqualTo(b);
    for (int i = 0; i < both.rank(); i++) {
      assertThat(both.dim(i - both.rank())).isEqualTo(both.dim(i));
      assertThat(both.withDim(i, 9).withDim(i - both.rank(), both.dim(i))).isEqualTo(both);
    }
  }

  @Property
  void equalShapesAreEqualInHashAndText(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    assertThat(a.equals(b)).isEqualTo(a.toString().equals(b.toString()));
    assertThat(a.equals(b)).isEqualTo(Objects.equals(members(a), members(b)));
    if (a.equals(b)) {
      assertThat(a).hasSameHashCodeAs(b);
    }
  }

  @Test
  void textForms() {
    assertThat(Shape.of(2, -1)).hasToString("[2,?]");
    assertThat(Shape.scalar()).hasToString("[]");
    assertThat(Shape.unknown()).hasToString("<unknown>");
    assertThat(Shape.ofRank(-1)).isEqualTo(Shape.unknown());
    assertThat(Shape.ofRank(2)).isEqualTo(Shape.of(-1, -1));
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> Shape.of(2, -2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("-2 in [2, -2]");
    assertThatThrownBy(() -> Shape.of(2).dim(1)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Shape.unknown().dims()).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40).numElements())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("more than 2^63");
    assertThat(Shape.of(1L << 40, 1L << 40, 0).numElements()).isZero();
    assertThat(Shape.of(1L << 40, -1, 1L << 40).numElements()).isEqualTo(Shape.UNKNOWN);
  }
}
