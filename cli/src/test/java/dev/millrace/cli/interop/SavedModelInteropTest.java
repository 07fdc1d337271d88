package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Table;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.AssetFileDef;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SaverDef;
import dev.millrace.proto.SignatureDef;
import dev.millrace.proto.TensorInfo;
import dev.millrace.proto.VariableDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.SavedModel;
import dev.millrace.session.SavedModelBuilder;
import dev.millrace.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SavedModels with variables, assets and tables: those written here, loaded by TensorFlow 1.15.0;
 * and some in the forms of Python's builders, with variables that TensorFlow saved, loaded here.
 */
class SavedModelInteropTest {
  private static final String WORDS = "to\nbe\nor\nnot\n";
  private static final String[] TEXT = {"not", "to", "be", "that"};

  @TempDir private Path dir;

  @BeforeEach
  void needsTensorFlow() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
  }

  @Test
  void tensorFlowLoadsWhatIsWrittenHere() throws Exception {
    Path words = Files.writeString(dir.resolve("words.txt"), WORDS);
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.constant("feed/0", TEXT);
    Tensor text = tf.placeholder("in/0", DataType.STRING, -1);
    Tensor file = tf.constant("file", words.toString());
    Table table = tf.lookup().indexTableFromFile(file);
    Variable w = tf.variable("w", new float[][] {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}});
    Variable by = tf.newVariable("by").initialValue(2.5f).trainable(false).build();
    Tensor ids = table.lookup(text).as("out/0");
    Tensor rows = tf.gather(w, ids.add(1L)).mul(by).as("out/1");
    Path model;
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer(), tf.tablesInitializer());
      s.run(w.assign(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}}));
      model =
          new SavedModelBuilder(s)
              .signature("serving_default", Map.of("text", text), Map.of("ids", ids, "rows", rows))
              .asset(file, words)
              .mainOp(graph.operation("init_all_tables"))
              .save(dir.resolve("model"), "serve", "test");
    }
    Files.delete(words); // the model has its own
    List<TensorValue> want =
        TensorFlowJudge.runModels(Map.of("m", model), "serve,test", dir.resolve("work")).get("m");
    assertThat(want.get(0)).isEqualTo(TensorValue.of(new long[] {3, 0, 1, -1}));
    assertThat(want.get(1).floats()).containsExactly(22.5f, 25, 7.5f, 10, 12.5f, 15, 2.5f, 5);
    try (SavedModel m = SavedModel.load(model, "serve", "test")) {
      Fetches got = m.call("serving_default").feed("text", TEXT).fetch("ids", "rows");
      assertThat(List.of(got.value(0), got.value(1))).isEqualTo(want);
    }
  }

  /**
   * A model as add_meta_graph_and_variables writes it.
   *
   * @param initKey the collection that names what is run on loading: Python's main_op or, in older
   *     programs, legacy_init_op
   * @param assetDefs whether assets have a field of their own, as since TensorFlow 1.13, beside the
   *     collection
   */
  private Path python(String initKey, boolean assetDefs) throws Exception {
    PythonNodes g = new PythonNodes(assetDefs ? 134 : 24);
    g.constant("feed/0", TEXT);
    g.node("in/0", "Placeholder", "", "dtype", DataType.STRING, "shape", Shape.of(-1));
    g.node("w", "VariableV2", "", "dtype", DataType.FLOAT32, "shape", Shape.of(5, 2));
    g.constant("w/initial_value", new float[5][2]);
    g.node("w/Assign", "Assign", "w w/initial_value");
    g.node("w/read", "Identity", "w");
    g.constant("string_to_index/asset_filepath", "/somewhere/words.txt");
    String types = "string_to_index/hash_table";
    g.node(
        types,
        "HashTableV2",
        "",
        "key_dtype",
        DataType.STRING,
        "value_dtype",
        DataType.INT64,
        "shared_name",
        "hash_table_words.txt_-1_-2_-1");
    g.node(
        types + "/table_init",
        "InitializeTableFromTextFileV2",
        types + " string_to_index/asset_filepath",
        "key_index",
        -2,
        "value_index",
        -1);
    g.constant("Const", -1L);
    g.node("out/0", "LookupTableFindV2", types + " in/0 Const");
    g.constant("one", 1L);
    g.node("add", "Add", "out/0 one");
    g.constant("axis", 0);
    g.node("out/1", "GatherV2", "w/read add axis");
    g.node("init_all_tables", "NoOp", "^" + types + "/table_init");
    g.node("group_deps", "NoOp", "^init_all_tables");
    g.constant("save/Const", "model");
    g.constant("save/SaveV2/tensor_names", new String[] {"w"});
    g.constant("save/SaveV2/shape_and_slices", new String[] {""});
    g.node(
        "save/SaveV2",
        "SaveV2",
        "save/Const save/SaveV2/tensor_names save/SaveV2/shape_and_slices w",
        "dtypes",
        new DataType[] {DataType.FLOAT32});
    g.node("save/control_dependency", "Identity", "save/Const ^save/SaveV2");
    g.constant("save/RestoreV2/tensor_names", new String[] {"w"});
    g.constant("save/RestoreV2/shape_and_slices", new String[] {""});
    g.node(
        "save/RestoreV2",
        "RestoreV2",
        "save/Const save/RestoreV2/tensor_names save/RestoreV2/shape_and_slices",
        "dtypes",
        new DataType[] {DataType.FLOAT32});
    g.node("save/Assign", "Assign", "w save/RestoreV2");
    g.node("save/restore_all", "NoOp", "^save/Assign");
    g.collect(initKey, "group_deps");
    g.collect("table_initializer", types + "/table_init");
    g.collect("asset_filepaths", "string_to_index/asset_filepath:0");
    g.collect(
        "variables",
        VariableDef.newBuilder()
            .setVariableName("w:0")
            .setInitializerName("w/Assign")
            .setSnapshotName("w/read:0")
            .build());
    AssetFileDef asset =
        AssetFileDef.newBuilder()
            .setFilename("words.txt")
            .setTensorInfo(TensorInfo.newBuilder().setName("string_to_index/asset_filepath:0"))
            .build();
    MetaGraphDef.Builder meta = g.metaGraphDef().toBuilder();
    meta.putCollectionDef(
        "saved_model_assets",
        CollectionDef.newBuilder()
            .setAnyList(CollectionDef.AnyList.newBuilder().addValue(Any.pack(asset)))
            .build());
    if (assetDefs) {
      meta.addAssetFileDef(asset);
    }
    meta.getMetaInfoDefBuilder().addTags("serve").setTensorflowVersion("1.15.0");
    meta.setSaverDef(
        SaverDef.newBuilder()
            .setFilenameTensorName("save/Const:0")
            .setSaveTensorName("save/control_dependency:0")
            .setRestoreOpName("save/restore_all")
            .setVersion(SaverDef.CheckpointFormatVersion.V2));
    meta.putSignatureDef(
        "serving_default",
        SignatureDef.newBuilder()
            .setMethodName("tensorflow/serving/predict")
            .putInputs("text", info("in/0:0", DataType.STRING, -1))
            .putOutputs("ids", info("out/0:0", DataType.INT64, -1))
            .putOutputs("rows", info("out/1:0", DataType.FLOAT32, -1, 2))
            .build());
    Path model = dir.resolve(initKey + assetDefs);
    Files.createDirectories(model.resolve("assets"));
    Files.createDirectories(model.resolve("variables"));
    Files.writeString(model.resolve("assets/words.txt"), WORDS);
    GraphFiles.write(
        model.resolve("saved_model.pb"),
        dev.millrace.proto.SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(meta)
            .build());
    return model;
  }

  private static TensorInfo info(String name, DataType type, long... shape) {
    var b = TensorInfo.newBuilder().setName(name).setDtypeValue(type.number());
    for (long d : shape) {
      b.getTensorShapeBuilder().addDimBuilder().setSize(d);
    }
    return b.build();
  }

  /** Has TensorFlow save the variables of a model, with the nodes of its saver. */
  private static GraphDef saving(Path model) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor prefix = tf.constant(model.resolve("variables/variables").toString());
    MetaGraphDef def =
        GraphFiles.read(
                model.resolve("saved_model.pb"), dev.millrace.proto.SavedModel.getDefaultInstance())
            .getMetaGraphs(0);
    MetaGraph m =
        MetaGraph.importInto(
            graph, def, new ImportOptions().prefix("m/").mapInput("save/Const", prefix));
    Tensor value = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}});
    var assigned = tf.op("Assign", "give").input(m.tensor("w:0")).input(value).build();
    tf.group("init", assigned);
    try (var after = tf.controlDependencies(tf.identity(m.tensor("w:0")))) {
      tf.identity(m.tensor("save/control_dependency:0")).as("out/0");
    }
    return graph.toGraphDef();
  }

  @Test
  void whatPythonsBuildersWriteIsLoadedHere() throws Exception {
    Map<String, Path> models =
        Map.of(
            "main", python("saved_model_main_op", true), "legacy", python("legacy_init_op", false));
    TensorFlowJudge.run(
        Map.of("main", saving(models.get("main")), "legacy", saving(models.get("legacy"))),
        dir.resolve("saving"));
    Map<String, List<TensorValue>> want =
        TensorFlowJudge.runModels(models, "serve", dir.resolve("work"));
    for (Map.Entry<String, Path> e : models.entrySet()) {
      List<TensorValue> there = want.get(e.getKey());
      assertThat(there.get(0)).isEqualTo(TensorValue.of(new long[] {3, 0, 1, -1}));
      assertThat(there.get(1).floats()).containsExactly(9, 10, 3, 4, 5, 6, 1, 2);
      try (SavedModel m = SavedModel.load(e.getValue(), "serve")) {
        Fetches got = m.call("serving_default").feed("text", TEXT).fetch("ids", "rows");
        assertThat(List.of(got.value(0), got.value(1))).as(e.getKey()).isEqualTo(there);
        // Saved again by the session, it is TensorFlow's model once more.
        Path again = dir.resolve("again-" + e.getKey());
        new SavedModelBuilder(m.session())
            .signature(
                "serving_default",
                Map.of("text", m.graph().output("in/0:0")),
                Map.of("rows", m.graph().output("out/1:0")))
            .asset(
                m.graph().output("string_to_index/asset_filepath:0"),
                e.getValue().resolve("assets/words.txt"))
            .mainOp(m.graph().operation("group_deps"))
            .save(again, "serve");
        assertThat(
                TensorFlowJudge.runModels(
                    Map.of("again", again), "serve", dir.resolve("w-" + e.getKey())))
            .containsEntry("again", there);
      }
    }
  }
}
