package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.proto.GraphDef;
import dev.millrace.proto.OpList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an import makes of a GraphDef. */
class GraphImportTest {
  private static final String X = placeholder("x");

  private final Graph g = TestOps.graph();

  static String placeholder(String name) {
    return node("Placeholder", name, "", "attr { key: 'dtype' value { type: DT_FLOAT } }");
  }

  static String identity(String name, String... inputs) {
    return floats("Identity", name, inputs);
  }

  static String floats(String op, String name, String... inputs) {
    return node(op, name, String.join(" ", inputs), "attr { key: 'T' value { type: DT_FLOAT } }");
  }

  /** A node in text form; inputs are given in one string. */
  static String node(String op, String name, String inputs, String rest) {
    StringBuilder s = new StringBuilder("node { name: '" + name + "' op: '" + op + "' ");
    for (String in : inputs.split(" ", -1)) {
      s.append(in.isEmpty() ? "" : "input: '" + in + "' ");
    }
    return s.append(rest).append("}\n").toString();
  }

  static GraphDef def(String... nodes) {
    return GraphFiles.parseText(String.join("", nodes));
  }

  private ImportedGraph load(String... nodes) {
    return g.importGraphDef(def(nodes));
  }

  @Test
  void devicesCanBeLeftOpen() {
    String device = "device: '/job:worker/task:7/device:GPU:0'";
    GraphDef def =
        def(
            node("NoOp", "n", "", device),
            "library { function { signature { name: 'f' } "
                + "node_def { name: 'm' op: 'NoOp' "
                + device
                + " } } }");
    g.importGraphDef(def, new ImportOptions().prefix("as_it_is"));
    assertThat(g.operation("as_it_is/n").device()).hasToString("/job:worker/task:7/device:GPU:0");
    Graph open = TestOps.graph();
    open.importGraphDef(def, new ImportOptions().clearDevices());
    assertThat(open.operation("n").device().isEmpty()).isTrue();
    assertThat(open.toGraphDef().getLibrary().getFunction(0).getNodeDef(0).getDevice()).isEmpty();
  }

  private static List<String> inputNames(Operation op) {
    return op.inputs().stream().map(Output::name).toList();
  }

  @Test
  void nodesWithInputsAttributesAndDevices() {
    ImportedGraph r =
        load(
            node(
                "Placeholder",
                "x",
                "",
                "device: '/gpu:0' attr { key: 'dtype' value { type: DT_INT32 } } "
                    + "attr { key: 'shape' value { shape { dim { size: 6 } } } }"),
            node(
                "Split",
                "s",
                "x ^x",
                "attr { key: 'T' value { type: DT_INT32 } } "
                    + "attr { key: 'num_split' value { i: 2 } }"),
            node("Add", "sum", "s s:1", "attr { key: 'T' value { type: DT_INT32 } }"));
    assertThat(r.operations()).extracting(Operation::name).containsExactly("x", "s", "sum");
    assertThat(r.operation("sum")).isSameAs(g.operation("sum"));
    assertThat(r.output("s:1")).isSameAs(g.output("s:1"));
    assertThat(inputNames(g.operation("sum"))).containsExactly("s:0", "s:1");
    assertThat(g.operation("s").controlInputs()).containsExactly(g.operation("x"));
    assertThat(g.operation("x").device()).hasToString("/device:GPU:0");
    assertThat(g.output("x").shape()).isEqualTo(Shape.of(6));
    assertThat(r.unknownOpTypes()).isEmpty();
    assertThat(r.prefix()).isEmpty();
    assertThatThrownBy(() -> r.operation("y")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> r.output("y:0")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> r.output("x:1")).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> r.output("^x")).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void attributesLeftOutTakeTheirDefaults() {
    load(X, floats("MatMul", "m", "x", "x"));
    assertThat(g.operation("m").attrs().getBool("transpose_a")).isFalse();
    assertThat(g.operation("x").attrs().getShape("shape")).isEqualTo(Shape.unknown());
  }

  @Test
  void inputsMayComeLaterInTheFile() {
    load(identity("c", "b", "^a"), identity("b", "a"), identity("a", "x"), X);
    assertThat(g.operations()).extracting(Operation::name).containsExactly("x", "a", "b", "c");
  }

  @Test
  void theOrderOfTheFileIsKeptWhereItCanBe() {
    load(X, identity("b", "x"), identity("d", "c"), identity("a", "x"), identity("c", "x"));
    assertThat(g.operations()).extracting(Operation::name).containsExactly("x", "b", "a", "c", "d");
  }

  @Test
  void openScopesDoNotApply() {
    Operation first = TestOps.noOp(g, "first");
    try (Scope n = g.nameScope("scope");
        Scope d = g.device("/cpu:3");
        Scope c = g.controlDependencies(first);
        Scope l = g.colocateWith(first)) {
      load(X);
    }
    Operation x = g.operation("x");
    assertThat(x.device().isEmpty()).isTrue();
    assertThat(x.controlInputs()).isEmpty();
    assertThat(x.colocationGroups()).isEmpty();
  }

  @Test
  void aPrefixIsAUniqueScope() {
    GraphDef d =
        def(X, identity("y", "x", "^x"), node("NoOp", "n", "^y", klass("loc:@y", "loc:@gone")));
    ImportedGraph first = g.importGraphDef(d, new ImportOptions().prefix("p"));
    ImportedGraph second = g.importGraphDef(d, new ImportOptions().prefix("p"));
    assertThat(first.prefix()).isEqualTo("p/");
    assertThat(second.prefix()).isEqualTo("p_1/");
    assertThat(first.operation("y").name()).isEqualTo("p/y");
    assertThat(inputNames(second.operation("y"))).containsExactly("p_1/x:0");
    assertThat(second.operation("n").attrs().getStrings("_class"))
        .containsExactly("loc:@p_1/y", "loc:@gone");
    try (Scope s = g.nameScope("s")) {
      assertThat(g.importGraphDef(d, new ImportOptions().prefix("p")).prefix()).isEqualTo("s/p/");
      assertThat(g.importGraphDef(d, new ImportOptions().prefix("q/")).prefix()).isEqualTo("q/");
      assertThat(g.importGraphDef(d).prefix()).isEmpty();
    }
    assertThatThrownBy(() -> g.importGraphDef(d, new ImportOptions().prefix("_p")))
        .isInstanceOf(InvalidArgumentException.class);
  }

  private static String klass(String... classes) {
    return "attr { key: '_class' value { list { s: ['" + String.join("', '", classes) + "'] } } }";
  }

  @Test
  void importedNamesAreTaken() {
    load(placeholder("X"));
    assertThat(TestOps.noOp(g, "x").name()).isEqualTo("x_1");
  }

  @Test
  void inputsAreReplaced() {
    Output mine = TestOps.placeholder(g, "mine", DataType.FLOAT32, Shape.of(4));
    Operation before = TestOps.noOp(g, "before");
    ImportedGraph r =
        g.importGraphDef(
            def(
                X,
                floats("Add", "sum", "x", "absent:2", "^x", "^other"),
                node("NoOp", "other", "", "")),
            new ImportOptions()
                .prefix("p")
                .mapInput("x", mine)
                .mapInput("absent:2", mine)
                .mapControlInput("other", before)
                .mapInput("^x", mine)
                .returnElements("sum", "x:0", "other", "sum:0"));
    Operation sum = r.operation("sum");
    assertThat(sum.inputs()).containsExactly(mine, mine);
    assertThat(sum.controlInputs()).containsExactly(mine.op(), before);
    assertThat(sum.output(0).shape()).isEqualTo(Shape.of(4));
    assertThat(r.output("x")).isSameAs(mine);
    assertThat(r.operation("x").name()).isEqualTo("p/x");
    assertThat(r.returned()).containsExactly(sum, mine, g.operation("p/other"), sum.output(0));
    assertThat(mine.op().consumers()).containsExactly(sum);
  }

  @Test
  void aMappingOfSomethingAbsentIsAnError() {
    Output mine = TestOps.placeholder(g, "mine");
    for (String name : List.of("y", "x:1", "^y")) {
      assertThatThrownBy(() -> g.importGraphDef(def(X), new ImportOptions().mapInput(name, mine)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("not in the graph imported: [" + name + "]");
    }
    Output strange = TestOps.placeholder(TestOps.graph(), "strange");
    assertThatThrownBy(() -> g.importGraphDef(def(X), new ImportOptions().mapInput("x", strange)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("another graph");
    g.importGraphDef(def(X), new ImportOptions().mapInput("x", mine));
    assertThat(g.findOperation("x")).isNotNull();
  }

  @Test
  void aReplacementMustHaveTheRightType() {
    Output ints = TestOps.constant(g, "ints", 1);
    assertThatThrownBy(
            () ->
                g.importGraphDef(
                    def(X, identity("y", "x")), new ImportOptions().mapInput("x", ints)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("y (Identity)")
        .hasMessageContaining("is int32, but T is float32");
  }

  @Test
  void unknownTypesAreKeptAndReported() {
    ImportedGraph r =
        load(
            X,
            node("Mystery", "m", "x ^x", "attr { key: 'a' value { i: 3 } } device: '/cpu:0'"),
            floats("Add", "sum", "m:2", "m"),
            node("Riddle", "r", "m:1 sum", ""),
            node("Mystery", "m2", "", ""));
    assertThat(r.unknownOpTypes())
        .isEqualTo(Map.of("Mystery", List.of("m", "m2"), "Riddle", List.of("r")));
    Operation m = g.operation("m");
    assertThat(m.isOpaque()).isTrue();
    assertThat(m.type()).isEqualTo("Mystery");
    assertThat(m.numOutputs()).isEqualTo(3);
    assertThat(m.output(0).dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(m.output(2).shape()).isEqualTo(Shape.unknown());
    assertThat(m.attrs().getInt("a")).isEqualTo(3);
    assertThat(inputNames(g.operation("r"))).containsExactly("m:1", "sum:0");
    assertThat(r.output("m2:4").index()).isEqualTo(4);
    assertThatThrownBy(() -> r.output("m2:99999999")).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void shapeHintsAreUsedWhereTheyAgree() {
    load(
        placeholderWith("x", "dim { size: 3 }"),
        placeholderWith("y", "unknown_rank: true"),
        node("Mystery", "m", "", hint("dim { size: 2 }") + " "),
        node(
            "MatMul",
            "z",
            "a b",
            "attr { key: 'T' value { type: DT_FLOAT } } "
                + "attr { key: '_output_shapes' value { list { shape { dim { size: 9 } } } } }"),
        placeholder("a"),
        placeholder("b"));
    assertThat(g.output("x").shape()).isEqualTo(Shape.of(3));
    assertThat(g.output("y").shape()).isEqualTo(Shape.unknown());
    assertThat(g.output("z").shape()).isEqualTo(Shape.of(-1, -1));
    assertThat(g.output("m:0").shape()).isEqualTo(Shape.of(2));
    assertThat(g.operation("x").attrs().has("_output_shapes")).isFalse();
    assertThat(g.operation("m").attrs().has("_output_shapes")).isTrue();
  }

  private static String hint(String shape) {
    return "attr { key: '_output_shapes' value { list { shape { " + shape + " } } } }";
  }

  private static String placeholderWith(String name, String shape) {
    return node(
        "Placeholder", name, "", "attr { key: 'dtype' value { type: DT_FLOAT } } " + hint(shape));
  }

  @Test
  void hiddenAttributesAreKept() {
    load(node("NoOp", "n", "", "attr { key: '_mark' value { s: 'm' } }"));
    assertThat(g.operation("n").attrs().getString("_mark")).isEqualTo("m");
  }

  @Test
  void attributesTheWriterHadByDefaultMayBeUnknownHere() {
    GraphDef d = def(node("NoOp", "n", "", "attr { key: 'new' value { i: 1 } }"));
    OpList.Builder ops = OpList.newBuilder();
    ops.addOpBuilder()
        .setName("NoOp")
        .addAttrBuilder()
        .setName("new")
        .setType("int")
        .getDefaultValueBuilder()
        .setI(1);
    g.importGraphDef(d, new ImportOptions().producerOps(ops.build()));
    assertThat(g.operation("n").attrs().has("new")).isFalse();
    ops.getOpBuilder(0).getAttrBuilder(0).getDefaultValueBuilder().setI(2);
    assertThatThrownBy(
            () -> TestOps.graph().importGraphDef(d, new ImportOptions().producerOps(ops.build())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("there is no attribute 'new'");
  }

  @Test
  void versionsOfTheFileAreTakenFirstAndThenJoined() {
    assertThat(g.versions().producer()).isEqualTo(Graph.PRODUCER_VERSION);
    load(X, "versions { producer: 21 min_consumer: 12 bad_consumers: [5, 3] }");
    assertThat(g.versions()).isEqualTo(new GraphVersions(21, 12, List.of(5, 3)));
    load(placeholder("y"), "versions { producer: 27 min_consumer: 13 bad_consumers: [3, 4] }");
    assertThat(g.versions()).isEqualTo(new GraphVersions(21, 13, List.of(3, 4, 5)));
  }

  @Test
  void oldPlaceholdersCalledAnUnknownShapeScalar() {
    String scalar =
        X.replace(
            "}\n", "attr { key: 'shape' value { shape {} } } " + hint("dim {size: 3}") + "}\n");
    load(scalar, "versions { producer: 21 }");
    assertThat(g.output("x").shape()).isEqualTo(Shape.of(3));
    Graph later = TestOps.graph();
    later.importGraphDef(def(scalar, "versions { producer: 22 }"));
    assertThat(later.output("x").shape()).isEqualTo(Shape.scalar());
  }

  @Test
  void versionsThatExcludeUs() {
    assertThatThrownBy(() -> load(X, "versions { producer: 2000 min_consumer: 135 }"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("135")
        .hasMessageContaining("134");
    assertThatThrownBy(() -> load(X, "versions { producer: 2000 bad_consumers: 134 }"))
        .isInstanceOf(FailedPreconditionException.class);
    load(X, "versions { producer: 2000 min_consumer: 134 }");
    assertThat(g.versions().producer()).isEqualTo(2000);
  }

  private static final String FUNCTION =
      "library { function { signature { name: 'twice' "
          + "input_arg { name: 'x' type_attr: 'T' } input_arg { name: 'n' type: DT_INT32 } "
          + "output_arg { name: 'y' type_attr: 'T' } attr { name: 'T' type: 'type' } } "
          + "node_def { name: 'a' op: 'Add' input: 'x' input: 'x' "
          + "attr { key: 'T' value { placeholder: 'T' } } } ret { key: 'y' value: 'a:z:0' } } "
          + "gradient { function_name: 'twice' gradient_func: 'twice_grad' } }\n";

  @Test
  void functionsAreKeptAndCanBeOpTypes() {
    ImportedGraph r =
        load(
            X,
            FUNCTION,
            node(
                "Const",
                "n",
                "",
                "attr { key: 'dtype' value { type: DT_INT32 } } "
                    + "attr { key: 'value' value { tensor { dtype: DT_INT32 int_val: 1 } } }"),
            floats("twice", "call", "x", "n"));
    assertThat(r.unknownOpTypes()).isEmpty();
    assertThat(g.functions().find("twice").getNodeDefCount()).isEqualTo(1);
    assertThat(g.functions().gradientOf("twice")).isEqualTo("twice_grad");
    assertThat(g.functions().gradientOf("thrice")).isNull();
    Operation call = g.operation("call");
    assertThat(call.isOpaque()).isFalse();
    assertThat(call.output(0).dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(call.def().outputs().get(0).name()).isEqualTo("y");
    Operation again =
        g.opBuilder("twice", "again").input(g.output("x")).input(g.output("n")).build();
    assertThat(again.output(0).dtype()).isEqualTo(DataType.FLOAT32);
    load(placeholder("z"), FUNCTION);
    assertThat(g.functions().all()).hasSize(1);
    assertThatThrownBy(() -> load(placeholder("zz"), FUNCTION.replace("twice_grad", "other")))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("another gradient");
    assertThat(g.findOperation("zz")).isNull();
  }

  /** A function of a name that is taken gets another, wherever it is named. */
  @Test
  void functionsThatClashAreRenamed() {
    String caller =
        "library { function { signature { name: 'caller' output_arg { name: 'y' type: DT_FLOAT } } "
            + "node_def { name: 'c' op: 'twice' } "
            + "node_def { name: 'd' op: 'Attributes' attr { key: 'func' value { func { name: "
            + "'other' attr { key: 'f' value { func { name: 'twice' } } } } } } } "
            + "node_def { name: 'e' op: 'X' attr { key: 'l' value { list { func { name: 'twice' } "
            + "func { name: 'caller' } } } } } ret { key: 'y' value: 'c' } } }\n";
    load(placeholder("z"), FUNCTION, caller);
    ImportedGraph r =
        load(
            placeholder("zz"),
            FUNCTION.replace("DT_INT32", "DT_INT64"),
            caller,
            "node { name: 'call' op: 'caller' }");

    assertThat(g.functions().all())
        .extracting(f -> f.getSignature().getName())
        .containsExactly("caller", "caller_1", "twice", "twice_1");
    assertThat(r.operation("call").type()).isEqualTo("caller_1");
    var renamed = g.functions().find("caller_1");
    assertThat(renamed.getNodeDef(0).getOp()).isEqualTo("twice_1");
    assertThat(renamed.getNodeDef(1).getAttrOrThrow("func").getFunc().getAttrOrThrow("f").getFunc())
        .extracting(f -> f.getName())
        .isEqualTo("twice_1");
    assertThat(renamed.getNodeDef(2).getAttrOrThrow("l").getList().getFuncList())
        .extracting(f -> f.getName())
        .containsExactly("twice_1", "caller_1");
    assertThat(g.functions().gradientOf("twice_1")).isEqualTo("twice_grad");
  }

  @Test
  void aFailedImportLeavesNothing() {
    Output mine = TestOps.placeholder(g, "mine");
    String text = GraphFiles.toText(g);
    assertThatThrownBy(
            () ->
                g.importGraphDef(
                    def(
                        FUNCTION,
                        X,
                        identity("y", "x", "^x"),
                        floats("Add", "sum", "mine", "y"),
                        node("Split", "bad", "sum", "")),
                    new ImportOptions().mapInput("mine", mine)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("bad (Split)");
    assertThat(GraphFiles.toText(g)).isEqualTo(text);
    assertThat(mine.op().consumers()).isEmpty();
    assertThat(g.functions().all()).isEmpty();
    assertThat(g.findOpDef("twice")).isNull();
    assertThat(TestOps.noOp(g, "x").name()).isEqualTo("x");
    assertThat(TestOps.noOp(g, "Mine").name()).isEqualTo("Mine_1");
  }

  @Test
  void returnElementsMustBeThere() {
    assertThatThrownBy(
            () -> g.importGraphDef(def(X), new ImportOptions().returnElements("x", "x:1")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> g.importGraphDef(def(X), new ImportOptions().returnElements("y")))
        .isInstanceOf(NotFoundException.class);
    assertThat(g.size()).isZero();
  }

  @Test
  void emptyGraphs() {
    assertThat(load().operations()).isEmpty();
    assertThat(g.versions()).isEqualTo(new GraphVersions(0, 0, List.of()));
  }
}
