package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionedVariable;
import dev.millrace.ops.Partitioners;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.SaverDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaverTest {
  @TempDir private Path dir;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static void init(Session s) {
    s.run(Ops.of(s.graph()).globalVariablesInitializer());
  }

  @Test
  void whatIsSavedComesBackInBothModes() {
    Variable w = tf.variable("layer/w", new float[][] {{1, 2}, {3, 4}});
    Variable n = tf.newVariable("n").initialValue(7L).trainable(false).build();
    Variable b = tf.newVariable("flag").initialValue(true).trainable(false).build();
    Variable text = tf.newVariable("text").initialValue("abc").trainable(false).build();
    Saver saver = Saver.of(graph);
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      Path at;
      try (Session s = new Session(graph, o)) {
        init(s);
        s.run(w.assignAdd(new float[][] {{1, 1}, {1, 1}}));
        at = saver.save(s, dir.resolve("sub/m-" + o.mode()));
        s.run(w.assign(new float[][] {{0, 0}, {0, 0}}));
        saver.restore(s, at);
        assertThat(s.fetchValue(w).floats()).containsExactly(2, 3, 4, 5);
      }
      try (Session s = new Session(graph, o)) {
        saver.restore(s, at); // nothing else initialises the variables
        assertThat(s.fetchValue(w).floats()).containsExactly(2, 3, 4, 5);
        assertThat(s.fetchValue(n)).isEqualTo(TensorValue.of(7L));
        assertThat(s.fetchValue(b)).isEqualTo(TensorValue.of(true));
        assertThat(s.fetchValue(text)).isEqualTo(TensorValue.of("abc"));
      }
    }
  }

  @Test
  void theGraphsOwnNodesDoTheSame() {
    Variable w = tf.variable("w", new float[] {1, 2, 3});
    Variable i = tf.newVariable("i").initialValue(5).trainable(false).build();
    Saver saver = Saver.of(graph);
    assertThat(graph.operations())
        .extracting(op -> op.name())
        .contains(
            "save/filename/input",
            "save/filename",
            "save/Const",
            "save/SaveV2/tensor_names",
            "save/SaveV2/shape_and_slices",
            "save/SaveV2",
            "save/control_dependency",
            "save/RestoreV2",
            "save/AssignVariableOp",
            "save/AssignVariableOp_1",
            "save/restore_all");
    assertThat(graph.operation("save/Const").type()).isEqualTo("PlaceholderWithDefault");
    assertThat(graph.operation("save/control_dependency").controlInputs())
        .containsExactly(graph.operation("save/SaveV2"));
    assertThat(saver.toProto().getFilenameTensorName()).isEqualTo("save/Const:0");
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      Path byNodes = dir.resolve("nodes-" + o.mode());
      try (Session s = new Session(graph, o)) {
        init(s);
        Path direct = saver.save(s, dir.resolve("direct-" + o.mode()));
        s.feed("save/Const", byNodes.toString()).run("save/control_dependency");
        s.run(w.assign(new float[] {0, 0, 0}), i.assign(0));
        s.feed("save/Const", direct.toString()).run("save/restore_all");
        assertThat(s.fetchValue(w).floats()).containsExactly(1, 2, 3);
        saver.restore(s, byNodes);
        assertThat(s.fetchValue(i)).isEqualTo(TensorValue.of(5));
      }
    }
  }

  @Test
  void aMetaGraphAndItsCheckpointGoOnElsewhere() {
    Variable w = tf.variable("w", new float[] {1, 2, 3});
    tf.identity(w.assignAdd(new float[] {1, 1, 1})).as("train");
    graph.addToCollection(GraphKeys.TRAIN_OP, graph.operation("train"));
    graph.addToCollection("names", "some text");
    graph.addToCollection("sizes", 3L);
    Saver saver = Saver.of(graph);
    Path at;
    try (Session s = new Session(graph)) {
      init(s);
      s.run("train");
      at = saver.save(s, dir.resolve("m"), 1);
      assertThat(at).isEqualTo(dir.resolve("m-1"));
    }
    MetaGraph m = MetaGraph.load(dir.resolve("m-1.meta"));
    assertThat(m.graph().toGraphDef()).isEqualTo(graph.toGraphDef());
    assertThat(m.graph().collection("names")).containsExactly("some text");
    assertThat(m.graph().collection("sizes")).containsExactly(3L);
    List<Variable> trainable = m.graph().collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class);
    assertThat(trainable).hasSize(1);
    assertThat(m.graph().collection(GraphKeys.GLOBAL_VARIABLES)).isEqualTo(List.copyOf(trainable));
    Variable v = trainable.get(0);
    assertThat(v.name()).isEqualTo("w");
    assertThat(v.shape()).isEqualTo(Shape.of(3));
    for (Saver other : List.of(Saver.of(m), Saver.builder(m.graph()).name("save_2").build())) {
      try (Session s = new Session(m.graph())) {
        other.restore(s, at);
        s.run(m.graph().collection(GraphKeys.TRAIN_OP).get(0));
        assertThat(s.fetchValue(v).floats()).containsExactly(3, 4, 5);
        Path again = other.save(s, dir.resolve("again"));
        s.run(v.assign(new float[] {0, 0, 0}));
        other.restore(s, again);
        assertThat(s.fetchValue(v).floats()).containsExactly(3, 4, 5);
      }
    }
  }

  @Test
  void namesCanBeMappedAndPartsPutTogether() {
    PartitionedVariable p =
        tf.sharedVariable("p")
            .initializer(Initializers.zeros())
            .shape(7, 2)
            .partitioner(Partitioners.fixedSize(3))
            .getPartitioned();
    Variable q = tf.variable("q", new float[] {1});
    float[][] all = new float[7][2];
    for (int i = 0; i < 14; i++) {
      all[i / 2][i % 2] = i;
    }
    Saver saver = Saver.builder(graph).variables(Map.of("old/p", p, "old/q", q)).build();
    Path at;
    try (Session s = new Session(graph)) {
      init(s);
      s.run(p.assign(all).toArray());
      at = saver.save(s, dir.resolve("m"));
      s.run(p.assign(new float[7][2]).toArray());
      saver.restore(s, at);
      assertThat((float[][]) s.fetchValue(p).toJava()).isDeepEqualTo(all);
    }
    try (CheckpointReader r = CheckpointReader.open(at)) {
      assertThat(r.entries().keySet()).containsExactly("old/p", "old/q");
      assertThat(r.entry("old/p").slices()).hasSize(3);
    }
    // The same tensor, in one piece in another graph.
    Graph other = new Graph();
    Ops tf2 = Ops.of(other);
    Variable whole = tf2.variable("new/p", Initializers.zeros(), 7, 2);
    Saver map = Saver.builder(other).scope("new/", "old/").build();
    try (Session s = new Session(other)) {
      map.restore(s, at);
      assertThat((float[][]) s.fetchValue(whole).toJava()).isDeepEqualTo(all);
      Path again = map.save(s, dir.resolve("again"));
      try (Session s2 = new Session(graph)) {
        Saver.builder(graph).variables(Map.of("old/p", p)).name("r").build().restore(s2, again);
        assertThat((float[][]) s2.fetchValue(p).toJava()).isDeepEqualTo(all);
      }
    }
  }

  @Test
  void onlyTheLatestAreKept() throws IOException {
    tf.variable("w", 1f);
    Saver saver = Saver.builder(graph).maxToKeep(2).build();
    try (Session s = new Session(graph)) {
      init(s);
      assertThat(Saver.latestCheckpoint(dir)).isEmpty();
      for (int step = 1; step <= 4; step++) {
        saver.save(s, dir.resolve("m"), step);
        assertThat(Saver.latestCheckpoint(dir)).contains(dir.resolve("m-" + step));
      }
      assertThat(saver.lastCheckpoints()).containsExactly(dir.resolve("m-3"), dir.resolve("m-4"));
      assertThat(files())
          .containsExactly(
              "checkpoint",
              "m-3.data-00000-of-00001",
              "m-3.index",
              "m-3.meta",
              "m-4.data-00000-of-00001",
              "m-4.index",
              "m-4.meta");
      assertThat(Saver.checkpointState(dir).orElseThrow().all())
          .containsExactly(dir.resolve("m-3"), dir.resolve("m-4"));
      // A saver of the next run takes over what is there.
      Saver next = Saver.builder(graph).maxToKeep(2).name("save_2").build();
      next.recoverLastCheckpoints(Saver.checkpointState(dir).orElseThrow().all());
      next.save(s, dir.resolve("m"), new SaveOptions().globalStep(5).writeMetaGraph(false));
      assertThat(files())
          .contains("m-4.index", "m-5.index")
          .doesNotContain("m-3.index", "m-5.meta");
      next.save(s, dir.resolve("m"), new SaveOptions().globalStep(6).writeState(false));
      assertThat(Saver.latestCheckpoint(dir)).contains(dir.resolve("m-5"));
      Saver padded = Saver.builder(graph).padStepNumber(true).name("save_3").build();
      assertThat(padded.save(s, dir.resolve("m"), 7)).isEqualTo(dir.resolve("m-00000007"));
    }
  }

  /**
   * As TensorFlow: when one falls out of the latest, it stays if it is newer than the next date.
   */
  @Test
  void oneEverySoManyHoursIsKeptForGood() throws IOException {
    tf.variable("w", 1f);
    long[] now = {0};
    Saver saver =
        Saver.builder(graph).maxToKeep(1).keepCheckpointEveryNHours(2).clock(() -> now[0]).build();
    try (Session s = new Session(graph)) {
      init(s);
      for (int hour = 1; hour <= 8; hour++) {
        now[0] = hour * 3_600_000L;
        saver.save(s, dir.resolve("m"), hour);
      }
    }
    List<String> kept = new ArrayList<>(files());
    kept.removeIf(f -> !f.endsWith(".index"));
    assertThat(kept).containsExactly("m-3.index", "m-5.index", "m-7.index", "m-8.index");
    assertThat(Saver.checkpointState(dir).orElseThrow().preserved()).isEqualTo(7 * 3600.0);
  }

  @Test
  void shapesMustFitUnlessReshapingIsAskedFor() {
    Variable w = tf.variable("w", new float[] {1, 2, 3, 4});
    Saver saver = Saver.of(graph);
    Path at;
    try (Session s = new Session(graph)) {
      init(s);
      at = saver.save(s, dir.resolve("m"));
    }
    Graph other = new Graph();
    Ops tf2 = Ops.of(other);
    Variable v = tf2.variable("w", new float[2][2]);
    Saver strict = Saver.of(other);
    Saver reshaping = Saver.builder(other).reshape(true).name("r").build();
    try (Session s = new Session(other)) {
      init(s);
      assertThatThrownBy(() -> strict.restore(s, at))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("variable 'w' is of shape [2,2]")
          .hasMessageContaining("is of shape [4]")
          .hasMessageContaining("reshape(true)");
      assertThat(s.fetchValue(v).floats()).containsExactly(0, 0, 0, 0);
      reshaping.restore(s, at);
      assertThat(s.fetchValue(v).shape()).isEqualTo(Shape.of(2, 2));
      assertThat(s.fetchValue(v).floats()).containsExactly(1, 2, 3, 4);
      s.run(v.assign(new float[2][2]));
      s.feed("r/Const", at.toString()).run("r/restore_all");
      assertThat(s.fetchValue(v).floats()).containsExactly(1, 2, 3, 4);
    }
    assertThat(w.shape()).isEqualTo(Shape.of(4));
  }

  @Test
  void whatIsWrongIsToldAndChangesNothing() throws IOException {
    Variable w = tf.variable("w", new float[] {1, 2});
    Variable z = tf.variable("z", new float[] {5, 6});
    Saver saver = Saver.of(graph);
    try (Session s = new Session(graph)) {
      assertThatThrownBy(() -> saver.save(s, dir.resolve("m")))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining("not initialized");
      assertThat(files()).isEmpty();
      init(s);
      Path at = saver.save(s, dir.resolve("m"));
      s.run(w.assign(new float[] {3, 4}), z.assign(new float[] {7, 8}));
      Path data = dir.resolve("m.data-00000-of-00001");
      byte[] bytes = Files.readAllBytes(data);
      bytes[bytes.length - 1] ^= 1;
      Files.write(data, bytes);
      assertThatThrownBy(() -> saver.restore(s, at))
          .isInstanceOf(DataLossException.class)
          .hasMessageContaining("tensor 'z'");
      assertThat(s.fetchValue(w).floats()).containsExactly(3, 4);
      assertThat(s.fetchValue(z).floats()).containsExactly(7, 8);
      Files.write(data, Arrays.copyOf(bytes, bytes.length - 1));
      assertThatThrownBy(() -> saver.restore(s, at))
          .isInstanceOf(DataLossException.class)
          .hasMessageContaining("cut off");
      assertThatThrownBy(() -> saver.restore(s, dir.resolve("other")))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("there is no checkpoint");
      assertThatThrownBy(() -> saver.save(s, dir.resolve("checkpoint")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("checkpoint");
    }
    Graph other = new Graph();
    Ops tf2 = Ops.of(other);
    tf2.variable("w", new int[] {1, 2});
    try (Scope sc = tf2.scope("more")) {
      tf2.variable("v", 1f);
    }
    Saver wrong = Saver.of(other);
    try (Session s = new Session(graph)) {
      init(s);
      saver.save(s, dir.resolve("m"));
    }
    try (Session s = new Session(other)) {
      assertThatThrownBy(() -> wrong.restore(s, dir.resolve("m")))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("has no [more/v]")
          .hasMessageContaining("it has [w, z]");
      Saver part =
          Saver.builder(other)
              .variables(List.of(other.collection("variables").get(0)))
              .name("part")
              .build();
      assertThatThrownBy(() -> part.restore(s, dir.resolve("m")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("variable 'w' is int32")
          .hasMessageContaining("is float32");
    }
    assertThatThrownBy(() -> Saver.of(new Graph()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no variables");
    assertThatThrownBy(() -> Saver.builder(graph).variables(List.of(w, w)).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'w'");
    assertThatThrownBy(() -> Saver.builder(graph).variables(List.of("w")).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("takes variables");
  }

  /** The first kind of variables, and graphs whose savers are of version 1. */
  @Test
  void oldGraphsSaveToOneFile() {
    var v =
        tf.op("VariableV2", "v").attr("dtype", DataType.INT64).attr("shape", Shape.of(2)).build();
    var set =
        tf.op("Assign", "set").input(v.output(0)).input(tf.constant(new long[] {4, 5})).build();
    var file = tf.constant(dir.resolve("old.ckpt").toString());
    var names = tf.constant(new String[] {"a", "part", "part"});
    var slices = tf.constant(new String[] {"", "3 0,1", "3 1,2"});
    var save =
        tf.op("SaveSlices", "save1")
            .input(file)
            .input(names)
            .input(slices)
            .inputList(
                List.of(
                    v.output(0),
                    tf.constant(new float[] {1}).asOutput(),
                    tf.constant(new float[] {2, 3}).asOutput()))
            .build();
    var back =
        tf.op("Restore", "restore1")
            .input(file)
            .input(tf.constant("a"))
            .attr("dt", DataType.INT64)
            .build();
    var part =
        tf.op("RestoreSlice", "restore2")
            .input(tf.constant(dir.resolve("old.ck*").toString()))
            .input(tf.constant("part"))
            .input(tf.constant("3 0,2"))
            .attr("dt", DataType.FLOAT32)
            .build();
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(graph, o)) {
        s.run(set);
        s.run(save);
        assertThat(s.fetchValue(back.output(0)).longs()).containsExactly(4, 5);
        assertThat(s.fetchValue(part.output(0)).floats()).containsExactly(1, 2);
      }
    }
    try (CheckpointReader r = CheckpointReader.open(dir.resolve("old.ckpt"))) {
      assertThat(r.entries().keySet()).containsExactly("a", "part");
      assertThat(r.read("part").floats()).containsExactly(1, 2, 3);
    }
    Saver saver = Saver.builder(graph).variables(Map.of("a", v.output(0))).build();
    try (Session s = new Session(graph)) {
      saver.restore(s, dir.resolve("old.ckpt"));
      assertThat(s.fetchValue(v.output(0)).longs()).containsExactly(4, 5);
      saver.save(s, dir.resolve("new"));
      s.feed("save/Const", dir.resolve("new").toString()).run("save/restore_all");
      assertThat(s.fetchValue(v.output(0)).longs()).containsExactly(4, 5);
    }
  }

  /** What the usual nodes do is done directly; where they do something else too, they are run. */
  @Test
  void savedAndRestoredDirectlyWhereTheNodesDoNoMore() {
    Variable w = tf.variable("w", new float[] {1, 2, 3});
    Variable i = tf.newVariable("i").initialValue(5).trainable(false).build();
    Saver own = Saver.of(graph);
    SaverDef def = own.toProto();
    SaverPattern usual = new SaverPattern(graph, def);
    assertThat(usual.saved()).extracting(SavedTensor::name).containsExactlyInAnyOrder("w", "i");
    assertThat(usual.restored()).containsExactlyInAnyOrderElementsOf(usual.saved());

    Variable count = tf.newVariable("count").initialValue(0).trainable(false).build();
    Operation counted = count.assignAdd(1).operation();
    Operation restore = tf.group("restore_more", graph.operation("save/restore_all"), counted);
    Tensor saved;
    try (var after = tf.controlDependencies(graph.operation("save/control_dependency"), counted)) {
      saved = tf.identity(graph.output("save/Const:0"));
    }
    SaverDef more =
        def.toBuilder()
            .setRestoreOpName(restore.name())
            .setSaveTensorName(saved.asOutput().name())
            .build();
    SaverPattern other = new SaverPattern(graph, more);
    assertThat(other.saved()).isNull();
    assertThat(other.restored()).isNull();
    Saver running = Saver.of(graph, more);
    Saver direct = Saver.of(graph, def);
    try (Session s = new Session(graph)) {
      init(s);
      Path a = running.save(s, dir.resolve("a"));
      s.run(w.assign(new float[] {0, 0, 0}), i.assign(0));
      direct.restore(s, a);
      assertThat(s.fetchValue(w).floats()).containsExactly(1, 2, 3);
      assertThat(s.fetchValue(i)).isEqualTo(TensorValue.of(5));
      Path b = direct.save(s, dir.resolve("b"));
      s.run(w.assign(new float[] {0, 0, 0}));
      running.restore(s, b);
      assertThat(s.fetchValue(w).floats()).containsExactly(1, 2, 3);
      assertThat(s.fetchValue(count)).isEqualTo(TensorValue.of(2));
    }
  }
}
