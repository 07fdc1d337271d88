package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.SaveSliceInfoDef;
import dev.millrace.proto.SaverDef;
import dev.millrace.proto.VariableDef;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A meta graph of a cluster as Python's Saver(sharded=True) writes it: variables in parts on two
 * parameter servers, a file of the checkpoint from each. It saves and restores here and in
 * TensorFlow 1.15.0, which each restore what the other has saved.
 */
class ShardedSaverInteropTest {
  private static final DataType F32 = DataType.FLOAT32;

  /** Variables: name, the checkpoint's name of it, what part of it, initial value. */
  private record Part(String node, String saved, String slice, TensorValue initial) {
    int rows() {
      return (int) initial.shape().dim(0);
    }
  }

  private static final List<List<Part>> SERVERS =
      List.of(
          List.of(
              new Part(
                  "w/part_0",
                  "w",
                  "5 2 0,3:0,2",
                  TensorValue.of(new float[][] {{1, 2}, {3, 4}, {5, 6}})),
              new Part("b", "b", "", TensorValue.of(new float[][] {{0.5f, -0.5f}}))),
          List.of(
              new Part(
                  "w/part_1",
                  "w",
                  "5 2 3,2:0,2",
                  TensorValue.of(new float[][] {{7, 8}, {9, 10}}))));

  @TempDir private Path dir;

  @BeforeEach
  void needsTensorFlow() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
  }

  private static MetaGraphDef metaGraph() {
    PythonNodes g = new PythonNodes(134);
    for (List<Part> server : SERVERS) {
      for (Part p : server) {
        Shape s = Shape.of(p.rows(), 2);
        g.node(p.node, "VariableV2", "", "dtype", F32, "shape", s);
        g.constant(p.node + "/initial", p.initial);
        g.node(p.node + "/Assign", "Assign", p.node + " " + p.node + "/initial");
        g.node(p.node + "/read", "Identity", p.node);
        g.collect("variables", definition(p));
      }
    }
    g.constant("axis", 0);
    g.node("w", "ConcatV2", "w/part_0/read w/part_1/read axis", "N", 2);
    g.node("sum", "Add", "w b/read");
    g.node("init", "NoOp", "^w/part_0/Assign ^w/part_1/Assign ^b/Assign");
    for (String part : List.of("w/part_0", "w/part_1", "b")) {
      g.node(part + "/double", "AssignAdd", part + " " + part + "/read");
    }
    g.node("grow", "NoOp", "^w/part_0/double ^w/part_1/double ^b/double");
    saver(g);
    MetaGraphDef.Builder meta = g.metaGraphDef().toBuilder();
    for (NodeDef.Builder n : meta.getGraphDefBuilder().getNodeBuilderList()) {
      boolean second = n.getName().startsWith("w/part_1") || n.getName().endsWith("_1");
      n.setDevice("/job:ps/task:" + (second ? 1 : 0) + "/device:CPU:0");
    }
    return meta.setSaverDef(
            SaverDef.newBuilder()
                .setFilenameTensorName("save/Const:0")
                .setSaveTensorName("save/Identity:0")
                .setRestoreOpName("save/restore_all")
                .setMaxToKeep(5)
                .setSharded(true)
                .setVersion(SaverDef.CheckpointFormatVersion.V2))
        .build();
  }

  private static VariableDef definition(Part p) {
    VariableDef.Builder b =
        VariableDef.newBuilder()
            .setVariableName(p.node + ":0")
            .setInitializerName(p.node + "/Assign")
            .setSnapshotName(p.node + "/read:0");
    if (!p.slice.isEmpty()) {
      b.setSaveSliceInfoDef(
          SaveSliceInfoDef.newBuilder()
              .setFullName(p.saved)
              .addFullShape(5)
              .addFullShape(2)
              .addVarOffset(p.node.endsWith("1") ? 3 : 0)
              .addVarOffset(0)
              .addVarShape(p.rows())
              .addVarShape(2));
    }
    return b.build();
  }

  /** The nodes of a sharded saver, named as Python names them. */
  private static void saver(PythonNodes g) {
    g.constant("save/filename/input", "model");
    g.node(
        "save/filename", "PlaceholderWithDefault", "save/filename/input", "shape", Shape.scalar());
    g.node("save/Const", "PlaceholderWithDefault", "save/filename", "shape", Shape.scalar());
    g.constant("save/StringJoin/inputs_1", "_temp_5e0b5cbc8b0f4e7ba0d6/part");
    g.node("save/StringJoin", "StringJoin", "save/Const save/StringJoin/inputs_1", "N", 2);
    g.constant("save/num_shards", SERVERS.size());
    StringBuilder files = new StringBuilder();
    StringBuilder saved = new StringBuilder();
    StringBuilder restored = new StringBuilder();
    for (int k = 0; k < SERVERS.size(); k++) {
      List<Part> parts = SERVERS.get(k);
      String end = k == 0 ? "" : "_" + k;
      String file = "save/ShardedFilename" + end;
      g.constant(file + "/shard", k);
      g.node(file, "ShardedFilename", "save/StringJoin " + file + "/shard save/num_shards");
      String save = "save/SaveV2" + end;
      texts(g, save, parts);
      DataType[] types = parts.stream().map(p -> F32).toArray(DataType[]::new);
      String values = String.join(" ", parts.stream().map(Part::node).toList());
      g.node(save, "SaveV2", inputs(file, save) + " " + values, "dtypes", types);
      g.node("save/control_dependency" + end, "Identity", file + " ^" + save);
      files.append(file).append(' ');
      saved.append(" ^save/control_dependency").append(end);
      String restore = "save/RestoreV2" + end;
      texts(g, restore, parts);
      g.node(restore, "RestoreV2", inputs("save/Const", restore), "dtypes", types);
      StringBuilder assigned = new StringBuilder();
      for (int i = 0; i < parts.size(); i++) {
        String assign = "save/Assign_" + parts.get(i).node.replace('/', '_');
        g.node(assign, "Assign", parts.get(i).node + " " + restore + ":" + i);
        assigned.append(i == 0 ? "^" : " ^").append(assign);
      }
      g.node("save/restore_shard" + end, "NoOp", assigned.toString());
      restored.append(k == 0 ? "^" : " ^").append("save/restore_shard").append(end);
    }
    String prefixes = "save/MergeV2Checkpoints/checkpoint_prefixes";
    g.node(prefixes, "Pack", (files + saved.toString()).replace("  ", " "), "N", SERVERS.size());
    g.node("save/MergeV2Checkpoints", "MergeV2Checkpoints", prefixes + " save/Const");
    g.node("save/Identity", "Identity", "save/Const" + saved + " ^save/MergeV2Checkpoints");
    g.node("save/restore_all", "NoOp", restored.toString());
  }

  private static String inputs(String file, String op) {
    return file + " " + op + "/tensor_names " + op + "/shape_and_slices";
  }

  private static void texts(PythonNodes g, String op, List<Part> parts) {
    g.constant(op + "/tensor_names", parts.stream().map(Part::saved).toArray(String[]::new));
    g.constant(op + "/shape_and_slices", parts.stream().map(Part::slice).toArray(String[]::new));
  }

  /** The graph on one machine, restored from {@code from} if given, and saved to {@code to}. */
  private static GraphDef forJudge(Path from, Path to) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor file = tf.constant((from == null ? to : from).toString());
    ImportOptions options = new ImportOptions().clearDevices().mapInput("save/Const", file);
    MetaGraph m = MetaGraph.importInto(graph, metaGraph(), options.prefix("m/"));
    tf.group("init", m.operation(from == null ? "init" : "save/restore_all"));
    tf.identity(m.tensor("sum:0")).as("before/0");
    if (to != null) {
      try (var after = tf.controlDependencies(m.operation("save/Identity"))) {
        tf.identity(m.tensor("sum:0")).as("out/0");
      }
    }
    return graph.toGraphDef();
  }

  @Test
  void eachRestoresWhatTheOtherSaves() throws Exception {
    Path there = Files.createDirectories(dir.resolve("there")).resolve("model");
    TensorValue sum =
        TensorFlowJudge.run(Map.of("save", forJudge(null, there)), dir.resolve("w1"))
            .get("save")
            .get(0);
    assertThat(sum.floats()).startsWith(1.5f, 1.5f).endsWith(9.5f, 9.5f);
    for (SessionOptions.Mode mode : SessionOptions.Mode.values()) {
      SessionOptions soft = SessionOptions.builder().mode(mode).allowSoftPlacement(true).build();
      MetaGraph m = MetaGraph.importInto(new Graph(), metaGraph(), new ImportOptions());
      Saver nodes = Saver.of(m);
      Path here = dir.resolve("here-" + mode + "/model");
      Path direct = dir.resolve("direct-" + mode + "/model");
      try (Session s = new Session(m.graph(), soft)) {
        nodes.restore(s, there);
        assertThat(s.runner().fetchValue("sum")).isEqualTo(sum);
        s.run("grow");
        TensorValue grown = s.runner().fetchValue("sum");
        Path saved = nodes.save(s, here);
        assertThat(Saver.latestCheckpoint(here.getParent())).contains(saved);
        try (CheckpointReader r = CheckpointReader.open(here)) { // two files, one from each
          assertThat(r.entries()).containsOnlyKeys("w", "b");
          assertThat(r.read("w").floats()).containsExactly(2, 4, 6, 8, 10, 12, 14, 16, 18, 20);
          r.verify();
        }
        assertThat(here.resolveSibling("model.data-00001-of-00002")).exists();
        // A saver of the variables, which knows the parts from the collection, saves the same.
        Saver own = Saver.builder(m.graph()).build();
        own.save(s, direct);
        s.run("grow");
        own.restore(s, here);
        assertThat(s.runner().fetchValue("sum")).isEqualTo(grown);
        assertThat(
                TensorFlowJudge.run(
                    Map.of("nodes", forJudge(here, null), "direct", forJudge(direct, null)),
                    dir.resolve("w2-" + mode)))
            .containsEntry("nodes", List.of(grown))
            .containsEntry("direct", List.of(grown));
      }
    }
  }
}
