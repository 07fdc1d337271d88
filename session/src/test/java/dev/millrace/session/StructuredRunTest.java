package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Structures of tensors, fed and fetched at once. */
class StructuredRunTest {
  private record Pair(Tensor a, Tensor b) {}

  private final Ops tf = Ops.of(new Graph());
  private final Pair in =
      new Pair(
          tf.placeholder("a", DataType.FLOAT32, Shape.scalar()),
          tf.placeholder("b", DataType.INT32, -1));
  private final Map<String, Object> out =
      Map.of("second", in.a().mul(2), "first", List.of(in.b().add(1)));

  @Test
  void structuresAreFedAndFetchedFromLeftToRight() {
    try (Session session = new Session(tf.graph())) {
      Fetches f =
          session.feedAll(in, List.of(1.5f, new int[] {1, 2})).fetchAll(in.a(), out, List.of());
      assertThat(f.size()).isEqualTo(3);
      assertThat(f.getFloat(in.a())).isEqualTo(1.5f);
      assertThat(f.values(out)).containsExactly(TensorValue.ofInts(2, 3), TensorValue.of(3f));
      assertThat(session.feedAll(in, f.values(List.of(in.a(), out.get("first")))).fetchAll(out))
          .satisfies(g -> assertThat(g.value(0)).isEqualTo(TensorValue.ofInts(3, 4)));
      assertThat(session.fetchAll(tf.constant(7)).value(0)).isEqualTo(TensorValue.of(7));
    }
  }

  @Test
  void whatDoesNotFitIsTold() {
    try (Session session = new Session(tf.graph())) {
      assertThatThrownBy(() -> session.feedAll(in, List.of(1f)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("a structure of 2 tensors cannot be fed with 1 values");
      assertThatThrownBy(() -> session.fetchAll(List.of(in.a(), "b")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("only tensors can be fed and fetched, not b, a String");
      assertThatThrownBy(
              () -> session.feedAll(in, List.of(1f, new int[0])).fetch(in.a(), in.b()).values(out))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("was not fetched");
    }
  }
}
