package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The programs of docs/random.md. */
class RandomProgramsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @Test
  void snippetsAreTested() throws IOException {
    Snippets.assertTested("random.md", RandomProgramsTest.class);
  }

  @Test
  void freshAtEveryRun() {
    Tensor x = tf.randomUniform(new int[] {3}); // in [0, 1)
    Tensor difference = x.sub(x); // zeros: both are the same drawing
    Tensor other = tf.randomUniform(new int[] {3});
    try (Session session = new Session(graph)) {
      Fetches first = session.runner().fetch(List.of(x, difference, other));
      assertThat(first.value(1).floats()).containsExactly(0, 0, 0);
      assertThat(first.value(0)).isNotEqualTo(first.value(2));
      assertThat(session.fetchValue(x)).isNotEqualTo(first.value(0));
    }
  }

  @Test
  void sizesAndBounds() {
    Tensor batch = tf.placeholder("batch", DataType.FLOAT32, -1, 4);
    Tensor noise = tf.randomNormal(batch.shapeTensor(), DataType.FLOAT32, 0, 0.1, null);
    Tensor dice = tf.randomUniform(10, DataType.INT32, 1, 7, null); // 1 to 6
    try (Session session = new Session(graph)) {
      Fetches f = session.feed(batch, new float[3][4]).fetch(List.of(noise, dice));
      assertThat(f.value(0).shape()).hasToString("[3,4]");
      for (int n : f.value(1).ints()) {
        assertThat(n).isBetween(1, 6);
      }
    }
  }

  @Test
  void seeds() {
    tf.setRandomSeed(1234);
    Tensor a = tf.randomUniform(new int[] {2});
    Tensor b = tf.randomUniform(new int[] {2}); // not a's numbers
    Tensor c = tf.randomUniform(new int[] {2}, DataType.FLOAT32, 0, 1, 7L);
    Tensor d = tf.randomUniform(new int[] {2}, DataType.FLOAT32, 0, 1, 7L); // c's numbers
    Variable w = tf.getVariable("w", Initializers.glorotUniform(3L), 4, 5);
    assertThat(a.op().inputs().get(0).op().inputs().get(0).op().attrs().getInt("seed"))
        .isEqualTo(1234);
    try (Session session = new Session(graph)) {
      Fetches f = session.runner().fetch(List.of(a, b, c, d, w.initialValue()));
      assertThat(f.value(0)).isNotEqualTo(f.value(1));
      assertThat(f.value(2)).isEqualTo(f.value(3));
      assertThat(f.value(4).shape()).hasToString("[4,5]");
    }
  }

  @Test
  void streams() {
    tf.setRandomSeed(1);
    Tensor n = tf.randomUniform(new int[] {2});
    Tensor twice = n.mul(2);
    float[] first;
    float[] second;
    try (Session session = new Session(graph)) {
      first = session.fetchValue(n).floats();
      second = session.fetchValue(twice).floats(); // twice the next numbers
    }
    try (Session again = new Session(graph)) {
      assertThat(again.fetchValue(n).floats()).containsExactly(first);
      again.fetchValue(n); // the first numbers once more
    }
    try (Session again = new Session(graph)) {
      assertThat(again.fetchValue(n).floats()).containsExactly(first);
      float[] next = again.fetchValue(n).floats();
      assertThat(second).containsExactly(2 * next[0], 2 * next[1]);
    }
  }

  @Test
  void withoutState() {
    Tensor step = tf.placeholder("step", DataType.INT64);
    Tensor mask =
        tf.statelessRandomUniform(
            5, tf.stack(List.of(tf.constant(42L), step)), DataType.FLOAT32, 0, 1);
    try (Session session = new Session(graph)) {
      float[] one = session.feed(step, 1L).fetchValue(mask).floats();
      float[] two = session.feed(step, 2L).fetchValue(mask).floats();
      assertThat(session.feed(step, 1L).fetchValue(mask).floats()).containsExactly(one);
      assertThat(two).isNotEqualTo(one);
    }
  }
}
