package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnknownException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations that a function of the program computes. */
class JavaFuncTest {
  private static final List<DataType> FLOAT = List.of(DataType.FLOAT32);

  private final Ops tf = Ops.of(new Graph());

  @Test
  void computesWhatTheFunctionSays() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1);
    List<Tensor> y =
        tf.javaFunc(
            v -> {
              float[] sorted = v.get(0).floats().clone();
              Arrays.sort(sorted);
              return List.of(TensorValue.of(sorted), TensorValue.of("of " + v.get(1).getLong(0)));
            },
            List.of(x, 7),
            List.of(DataType.FLOAT32, DataType.STRING));
    assertThat(y.get(0).shape()).isEqualTo(Shape.unknown());
    Tensor sum = y.get(0).setShape(Shape.of(3)).mul(new float[] {1, 10, 100}).reduceSum();
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(tf.graph(), o)) {
        var f = s.runner().feed(x, new float[] {3, 1, 2}).fetch(List.of(sum, y.get(1)));
        assertThat(f.value(0).floats()).containsExactly(321);
        assertThat(f.value(1).getString(0)).isEqualTo("of 7");
      }
    }
  }

  @Test
  void saysWhatIsWrong() {
    Tensor few = tf.javaFunc(v -> List.of(), List.of(), FLOAT).get(0);
    Tensor other = tf.javaFunc(v -> List.of(TensorValue.of(1)), List.of(), FLOAT).get(0);
    Tensor failing =
        tf.javaFunc(
                v -> {
                  throw new IllegalStateException("no luck");
                },
                List.of(),
                FLOAT)
            .get(0);
    try (Session s = new Session(tf.graph())) {
      assertThatThrownBy(() -> s.runner().fetchValue(few))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("must give 1 values, but gives 0");
      assertThatThrownBy(() -> s.runner().fetchValue(other))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("value 0 of the function must be float32");
      assertThatThrownBy(() -> s.runner().fetchValue(failing))
          .isInstanceOf(UnknownException.class)
          .hasMessageContaining("no luck");
    }
    Graph imported = new Graph();
    Tensor unknown =
        Ops.of(imported)
            .tensor(
                imported
                    .opBuilder("PyFunc", "f")
                    .inputList(List.of())
                    .attr("token", "pyfunc_0")
                    .attr("Tout", dev.millrace.graph.AttrValue.ofTypes(FLOAT))
                    .build()
                    .output(0));
    try (Session s = new Session(imported)) {
      assertThatThrownBy(() -> s.runner().fetchValue(unknown))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("no function 'pyfunc_0'");
    }
  }
}
