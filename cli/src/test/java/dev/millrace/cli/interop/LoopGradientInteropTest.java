package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.autodiff.Gradients.Unconnected;
import dev.millrace.cli.conformance.Differences;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gradients through branches and loops, built here: TensorFlow 1.15.0 computes the same from the
 * exported graph, first derivatives and second ones.
 */
class LoopGradientInteropTest {
  @TempDir private Path work;

  @FunctionalInterface
  interface Model {
    Tensor build(Ops tf, Tensor x, Tensor w);
  }

  private static final Map<String, Model> MODELS = new LinkedHashMap<>();

  static {
    for (boolean p : new boolean[] {true, false}) {
      MODELS.put(
          "cond_" + p,
          (tf, x, w) ->
              tf.cond(tf.constant(p), () -> x.matmul(w).tanh(), () -> x.exp().mul(w.reduceSum())));
    }
    MODELS.put(
        "switch_case",
        (tf, x, w) ->
            tf.switchCase(
                tf.constant(1),
                List.of(() -> x.exp(), () -> x.matmul(w).sigmoid().mul(x), () -> x.neg())));
    MODELS.put(
        "while",
        (tf, x, w) ->
            tf.whileLoop(
                    v -> v.get(0).less(4),
                    v -> List.of(v.get(0).add(1), v.get(1).matmul(w).tanh().add(x)),
                    List.of(tf.constant(0), x))
                .get(1));
    MODELS.put(
        "while_no_step",
        (tf, x, w) ->
            tf.whileLoop(
                    v -> v.get(0).less(0),
                    v -> List.of(v.get(0).add(1), v.get(1).matmul(w).tanh()),
                    List.of(tf.constant(0), x))
                .get(1));
    MODELS.put(
        "while_in_while",
        (tf, x, w) ->
            tf.whileLoop(
                    v -> v.get(0).less(3),
                    v ->
                        List.of(
                            v.get(0).add(1),
                            tf.whileLoop(
                                    u -> u.get(0).lessEqual(v.get(0)),
                                    u ->
                                        List.of(
                                            u.get(0).add(1),
                                            u.get(1).matmul(w).tanh().add(v.get(1)).mul(0.4f)),
                                    List.of(tf.constant(0), v.get(1)))
                                .get(1)),
                    List.of(tf.constant(0), x))
                .get(1));
    MODELS.put(
        "cond_in_while",
        (tf, x, w) ->
            tf.whileLoop(
                    v -> v.get(0).less(4),
                    v ->
                        List.of(
                            v.get(0).add(1),
                            tf.cond(
                                v.get(0).mod(2).equal(0),
                                () -> v.get(1).matmul(w).tanh(),
                                () -> v.get(1).mul(v.get(1)))),
                    List.of(tf.constant(0), x))
                .get(1));
    MODELS.put("tensor_array", LoopGradientInteropTest::recurrent);
    MODELS.put("map_fn", (tf, x, w) -> tf.mapFn((Tensor r) -> r.mul(r).sub(w), x));
    MODELS.put(
        "scan",
        (tf, x, w) ->
            tf.scan(
                (Tensor a, Tensor r) -> a.mul(r).add(tf.reduceSum(w, 0)).sin(),
                x,
                tf.ones(DataType.FLOAT32, 2)));
  }

  private static Tensor recurrent(Ops tf, Tensor x, Tensor w) {
    TensorArray in = tf.tensorArray(DataType.FLOAT32, 3).unstack(x);
    List<Object> last =
        tf.whileLoop(
            (List<Object> v) -> ((Tensor) v.get(0)).less(3),
            v -> {
              Tensor i = (Tensor) v.get(0);
              Tensor h = (Tensor) v.get(1);
              Tensor a = in.read(i).add(tf.reduceSum(h.expandDims(1).mul(w), 0)).tanh();
              return List.of(i.add(1), a, ((TensorArray) v.get(2)).write(i, a));
            },
            List.of(
                tf.constant(0),
                tf.zeros(DataType.FLOAT32, 2),
                tf.tensorArray(DataType.FLOAT32, 3)));
    return ((TensorArray) last.get(2)).stack();
  }

  /** The model's value, its gradients, those of a sum of these, and a Hessian. */
  private static List<Tensor> outputs(Ops tf, Model model) {
    Tensor x = tf.constant(new float[][] {{0.5f, -0.3f}, {0.8f, 0.2f}, {-0.6f, 0.4f}});
    Tensor w = tf.constant(new float[][] {{0.7f, -0.4f}, {0.3f, 0.9f}});
    List<Tensor> xs = List.of(x, w);
    Tensor y = model.build(tf, x, w);
    List<Tensor> first = gradients(y.square(), xs);
    List<Tensor> second =
        gradients(first.get(0).square().reduceSum().add(first.get(1).sin().reduceSum()), xs);
    List<Tensor> all = new ArrayList<>(List.of(y));
    all.addAll(first);
    all.addAll(second);
    all.addAll(Gradients.hessians(y.square(), w));
    for (int i = 0; i < all.size(); i++) {
      all.set(i, all.get(i).as("out/" + i));
    }
    return all;
  }

  private static List<Tensor> gradients(Tensor y, List<Tensor> xs) {
    return Gradients.builder(List.of(y), xs).unconnected(Unconnected.ZERO).build().stream()
        .map(Gradient::dense)
        .toList();
  }

  @Test
  void theGradientsRunOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    Map<String, List<Tensor>> outputs = new LinkedHashMap<>();
    MODELS.forEach(
        (name, model) -> {
          Ops tf = Ops.of(new Graph());
          outputs.put(name, outputs(tf, model));
          graphs.put(name, tf.graph().toGraphDef());
        });
    Map<String, List<TensorValue>> want = TensorFlowJudge.run(graphs, work);
    SoftAssertions all = new SoftAssertions();
    outputs.forEach(
        (name, tensors) -> {
          for (SessionOptions o :
              List.of(SessionOptions.reference(), SessionOptions.builder().build())) {
            try (Session session = new Session(tensors.get(0).graph(), o)) {
              Fetches got = session.runner().fetch(tensors);
              for (int i = 0; i < tensors.size(); i++) {
                all.assertThat(Differences.find(got.value(i), want.get(name).get(i), 1e-5))
                    .as("%s, out/%d", name, i)
                    .isNull();
              }
            }
          }
        });
    all.assertAll();
    assertThat(want).hasSameSizeAs(MODELS.keySet());
  }
}
