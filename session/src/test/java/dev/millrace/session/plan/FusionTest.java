package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Element-wise nodes as one program: what is joined, and that it computes the same. */
class FusionTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder(DataType.FLOAT32, 7, 30);

  /** The members of the groups that the nodes fetched need, singles left out. */
  private List<List<String>> groups(Tensor... fetches) {
    return groups(List.of(x), fetches);
  }

  private List<List<String>> groups(List<Tensor> feeds, Tensor... fetches) {
    Signature s = new Signature(outputs(feeds.toArray(new Tensor[0])), outputs(fetches), List.of());
    PlanGraph g = Prune.run(s);
    new CutSegments().run(g);
    g.sort();
    List<PlanNode> nodes = g.nodes().stream().filter(PlanNode::isOp).toList();
    Map<Edge, Shape> shapes = new HashMap<>();
    Map<Edge, TensorValue> known = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      for (int i = 0; i < n.numOutputs(); i++) {
        shapes.put(new Edge(n, i), n.staticShape(i));
      }
      if (n.type().equals("Const")) {
        known.put(new Edge(n, 0), n.attrs().getTensor("value"));
      }
    }
    return FuseElementwise.group(nodes, n -> new ShapedNode(n, shapes, known), PlanNode::inputs)
        .stream()
        .filter(group -> group.members().size() > 1)
        .map(group -> group.members().stream().map(PlanNode::name).toList())
        .toList();
  }

  private static List<Output> outputs(Tensor... tensors) {
    List<Output> outputs = new ArrayList<>();
    for (Tensor t : tensors) {
      outputs.add(t.asOutput());
    }
    return outputs;
  }

  @Test
  void aChainIsOneGroup() {
    Tensor y = x.exp().add(1f).log();
    assertThat(groups(y)).containsExactly(List.of("Exp", "add", "Log"));
  }

  @Test
  void aNodeThatNeedsTheMiddleStaysOutside() {
    Tensor a = x.exp();
    Tensor m = a.matmul(x, false, true).matmul(x); // needs a, and b needs it
    Tensor b = a.add(m).tanh();
    assertThat(groups(b)).containsExactly(List.of("add", "Tanh"));
  }

  @Test
  void branchesThatMeetAreOneGroup() {
    Tensor a = x.exp();
    Tensor b = a.sigmoid().mul(a.tanh());
    assertThat(groups(b)).containsExactly(List.of("Exp", "Sigmoid", "Tanh", "mul"));
  }

  @Test
  void otherShapesAreOtherGroups() {
    Tensor row = tf.constant(new float[30]).exp().neg();
    Tensor y = x.exp().add(row);
    assertThat(groups(y)).containsExactly(List.of("Exp", "Neg"), List.of("Exp_1", "add"));
  }

  @Test
  void nodesThatMayFailStayAlone() {
    Tensor i = x.cast(DataType.INT32);
    Tensor y = i.add(1).floorDiv(i).add(2);
    assertThat(groups(y)).containsExactly(List.of("Cast", "add"));
  }

  @Test
  void aControlInputKeepsOrder() {
    Tensor a = x.exp();
    Tensor b;
    try (var c = tf.controlDependencies(a.reduceSum().op())) {
      b = a.add(x);
    }
    assertThat(groups(b)).containsExactly(List.of("Exp", "Sum"));
  }

  @Test
  void aCellIsOneGroup() {
    Tensor c = tf.placeholder(DataType.FLOAT32, 7, 10);
    Tensor product = x.matmul(tf.constant(new float[30][40]));
    List<Tensor> gates = product.biasAdd(tf.constant(new float[40])).split(4, 1);
    Tensor next =
        c.mul(gates.get(2).sigmoid()).add(gates.get(0).sigmoid().mul(gates.get(1).tanh()));
    Tensor h = next.tanh().mul(gates.get(3).sigmoid());
    List<List<String>> groups = groups(List.of(x, c), h);
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0)).hasSize(11);
  }

  @Test
  void joinedResultsAndTheirSumsAreInTheGroup() {
    List<Tensor> parts = x.split(3, 1);
    Tensor joined = tf.concat(1, parts.get(0).tanh(), parts.get(1).exp(), parts.get(2).neg());
    Tensor sums = joined.reduceSum(0);
    List<List<String>> groups = groups(joined.matmul(x, true, false), sums, joined.reduceMean());
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0)).contains("split", "Tanh", "Exp", "Neg", "concat", "Sum", "Mean");
  }

  @Test
  void aRangeAcrossPiecesIsCutFromMemory() {
    Tensor y = tf.slice(x.exp(), new int[] {0, 5}, new int[] {7, 20}).neg();
    assertThat(groups(y)).containsExactly(List.of("Slice", "Neg"));
    Tensor z = tf.concat(1, tf.slice(x.exp(), new int[] {0, 10}, new int[] {7, 20}).neg(), y);
    assertThat(groups(z).stream().mapToInt(List::size).sum()).isEqualTo(5);
  }

  @Test
  void aSumThatTheGroupNeedsStaysOutside() {
    Tensor y = x.exp();
    assertThat(groups(y.sub(y.reduceSum(0)))).doesNotContain(List.of("Exp", "Sum", "sub"));
  }

  private static final List<Function<Random, Function<List<Tensor>, Tensor>>> STEPS =
      List.of(
          r -> t -> pick(t, r).add(pick(t, r)),
          r -> t -> pick(t, r).mul(pick(t, r)),
          r -> t -> pick(t, r).sub(0.5f),
          r -> t -> pick(t, r).tanh(),
          r -> t -> pick(t, r).sigmoid(),
          r -> t -> pick(t, r).relu(),
          r -> t -> pick(t, r).leakyRelu(0.2f),
          r -> t -> pick(t, r).neg(),
          r -> t -> gradient("ReluGrad", pick(t, r), pick(t, r)),
          r -> t -> gradient("TanhGrad", pick(t, r), pick(t, r)),
          r -> t -> pick(t, r).maximum(pick(t, r)),
          r -> t -> select(pick(t, r).greater(pick(t, r)), pick(t, r), pick(t, r)),
          r -> t -> select(pick(t, r).less(0.1f).logicalNot(), pick(t, r), pick(t, r)),
          r -> t -> pick(t, r).cast(DataType.INT32).add(1).cast(DataType.FLOAT32),
          r -> t -> pick(t, r).greaterEqual(pick(t, r)).cast(DataType.FLOAT32),
          r -> t -> pick(t, r).cast(DataType.FLOAT64).exp().tanh().cast(DataType.FLOAT32));

  private static Tensor pick(List<Tensor> from, Random r) {
    return from.get(from.size() - 1 - Math.min(r.nextInt(from.size()), r.nextInt(from.size())));
  }

  private static Tensor gradient(String type, Tensor x, Tensor y) {
    Ops tf = x.ops();
    Tensor zero = x.add(y).mul(0f);
    return tf.tensor(tf.op(type, type).input(x.add(zero)).input(y.add(zero)).build().output(0));
  }

  private static Tensor select(Tensor c, Tensor x, Tensor y) {
    Tensor zero = x.add(y).add(c.cast(DataType.FLOAT32)).mul(0f);
    return x.ops().where(c.logicalOr(zero.notEqual(0f)), x.add(zero), y.add(zero));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 150, 700, 1024, 3000})
  void randomProgramsComputeWhatSingleNodesDo(int columns) {
    Random r = new Random(columns);
    for (int k = 0; k < 12; k++) {
      Graph g = new Graph();
      Ops ops = Ops.of(g);
      Tensor in = ops.placeholder(DataType.FLOAT32, -1, columns);
      List<Tensor> values = new ArrayList<>(List.of(in));
      values.add(in.add(values(r, columns))); // a row
      values.add(in.mul(ops.reduceMean(in, true, 1))); // a column
      values.add(in.mul(values(r, 1)));
      for (int i = 0; i < 25; i++) {
        values.add(STEPS.get(r.nextInt(STEPS.size())).apply(r).apply(values));
      }
      Tensor[] fetches = {
        values.get(values.size() - 1), values.get(values.size() - 2), pick(values, r)
      };
      compare(g, in, values(r, 7 * columns).reshape(Shape.of(7, columns)), fetches);
    }
  }

  private static TensorValue values(Random r, int n) {
    float[] f = new float[n];
    for (int i = 0; i < n; i++) {
      f[i] = r.nextFloat() * 2 - 1;
    }
    return TensorValue.of(f);
  }

  private static void compare(Graph g, Tensor in, TensorValue value, Tensor... fetches) {
    try (Session plan = new Session(g);
        Session reference = new Session(g, SessionOptions.reference())) {
      for (int run = 0; run < 2; run++) {
        Fetches got = fetch(plan, in, value, fetches);
        Fetches want = fetch(reference, in, value, fetches);
        for (int i = 0; i < fetches.length; i++) {
          double[] a = got.value(i).toDoubles();
          double[] b = want.value(i).toDoubles();
          assertThat(a).hasSameSizeAs(b);
          for (int j = 0; j < a.length; j++) {
            assertThat(Math.abs(a[j] - b[j]) <= 1e-4 * Math.abs(b[j]) + 1e-5 || a[j] == b[j])
                .as("%s, element %s: %s, wanted %s", fetches[i], j, a[j], b[j])
                .isTrue();
          }
        }
      }
    }
  }

  private static Fetches fetch(Session s, Tensor in, TensorValue value, Tensor... fetches) {
    Runner r = s.feed(in, value);
    return r.fetch(fetches[0], fetches[1], fetches[2]);
  }
}
