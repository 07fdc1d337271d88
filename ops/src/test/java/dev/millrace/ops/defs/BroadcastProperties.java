package dev.millrace.ops.defs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Broadcasting against its definition, by trying every size that an unknown dimension may have. */
class BroadcastProperties {
  private static final int LARGEST = 3;

  /** Shapes of rank 0 to 3, with dimensions of 0 to {@link #LARGEST}, or unknown. */
  @Provide
  Arbitrary<Shape> shapes() {
    return dims(-1).map(Shape::of);
  }

  @Provide
  Arbitrary<Shape> fullShapes() {
    return dims(0).map(Shape::of);
  }

  private static Arbitrary<long[]> dims(long least) {
    return Arbitraries.longs().between(least, LARGEST).array(long[].class).ofMaxSize(3);
  }

  @Property(tries = 2000)
  void agreesWithAllPossibleShapes(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
    Shape covered = null;
    for (Shape x : possible(a)) {
      for (Shape y : possible(b)) {
        Shape r = definition(x, y);
        if (r != null) {
          covered = covered == null ? r : covered.relax(r);
        }
      }
    }
    if (covered == null) {
      assertThatThrownBy(() -> inferred(a, b))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("do not broadcast");
    } else {
      assertThat(inferred(a, b)).isEqualTo(covered);
    }
  }

  private static Shape inferred(Shape a, Shape b) {
    Graph g = new Graph();
    return g.opBuilder("AddV2", "sum")
        .input(source(g, a))
        .input(source(g, b))
        .build()
        .output(0)
        .shape();
  }

  private static Output source(Graph g, Shape s) {
    return g.opBuilder("Placeholder", "x")
        .attr("dtype", DataType.FLOAT32)
        .attr("shape", s)
        .build()
        .output(0);
  }

  /** All shapes that {@code s} may turn out to be. */
  private static List<Shape> possible(Shape s) {
    List<Shape> all = List.of(s);
    for (int i = 0; i < s.rank(); i++) {
      List<Shape> next = new ArrayList<>();
      for (Shape t : all) {
        for (long d = 0; d <= LARGEST; d++) {
          if (t.dim(i) == Shape.UNKNOWN) {
            next.add(t.withDim(i, d));
          }
        }
        if (t.dim(i) != Shape.UNKNOWN) {
          next.add(t);
        }
      }
      all = next;
    }
    return all;
  }

  /**
   * Padded with 1 in front, dimensions are equal or one of them is 1; null where they do not fit.
   */
  private static Shape definition(Shape a, Shape b) {
    int n = Math.max(a.rank(), b.rank());
    long[] r = new long[n];
    for (int i = 0; i < n; i++) {
      long x = padded(a, n)[i];
      long y = padded(b, n)[i];
      if (x != y && x != 1 && y != 1) {
        return null;
      }
      r[i] = x == 1 ? y : x;
    }
    return Shape.of(r);
  }

  private static long[] padded(Shape s, int n) {
    return LongStream.concat(
            LongStream.generate(() -> 1).limit(n - s.rank()), LongStream.of(s.dims()))
        .toArray();
  }

  @Property(tries = 2000)
  void gradientAxesLeadBack(@ForAll("fullShapes") Shape a, @ForAll("fullShapes") Shape b) {
    Shape out = definition(a, b);
    if (out == null) {
      assertThatThrownBy(() -> Broadcasts.gradientAxes(a.dims(), b.dims()))
          .isInstanceOf(InvalidArgumentException.class);
      return;
    }
    long[][] axes = Broadcasts.gradientAxes(a.dims(), b.dims());
    if (a.equals(b)) {
      assertThat(axes).isEqualTo(new long[2][0]);
    }
    assertLeadsBack(out, axes[0], a);
    assertLeadsBack(out, axes[1], b);
  }

  /** Summing over the axes and keeping them gives the shape, but for dimensions of 1 in front. */
  private static void assertLeadsBack(Shape out, long[] axes, Shape s) {
    long[] kept = out.rank() == 0 ? new long[0] : out.dims();
    long last = -1;
    for (long a : axes) {
      assertThat(a).isGreaterThan(last);
      last = a;
      kept[(int) a] = 1;
    }
    assertThat(kept).isEqualTo(padded(s, out.rank()));
  }
}
