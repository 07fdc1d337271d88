package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Cases of lookup tables, by resources and by names. */
final class TableCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I64 = DataType.INT64;
  private static final DataType STRING = DataType.STRING;

  private final CaseList cases;

  private TableCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    TableCases t = new TableCases(cases);
    for (String v : new String[] {"", "V2"}) {
      t.fixed(v);
      t.fromFile(v);
      t.mutable(v);
      t.ofTensors(v);
    }
    t.dense();
    t.twice();
  }

  private void add(String type, String variant, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    cases.add(type, variant, g.graphDef());
  }

  private static String table(StateGraph g, String type, DataType key, DataType value) {
    return g.node(type, List.of(), "key_dtype", key, "value_dtype", value);
  }

  private static String find(
      StateGraph g, String v, String t, String keys, String otherwise, DataType k, DataType x) {
    return g.step("LookupTableFind" + v, List.of(t, keys, otherwise), "Tin", k, "Tout", x);
  }

  private void fixed(String v) {
    add(
        "HashTable" + v,
        "strings_to_numbers",
        g -> {
          String t = table(g, "HashTable" + v, STRING, I64);
          g.step(
              "InitializeTable" + v,
              List.of(
                  t, g.constant(new String[] {"a", "b", "cd"}), g.constant(new long[] {5, -6, 7})),
              "Tkey",
              STRING,
              "Tval",
              I64);
          g.output(g.step("LookupTableSize" + v, List.of(t)));
          String keys = g.constant(new String[][] {{"cd", "x"}, {"", "a"}});
          g.output(find(g, v, t, keys, g.constant(-1L), STRING, I64));
        });
    add(
        "InitializeTable" + v,
        "numbers_to_strings",
        g -> {
          String t = table(g, "HashTable" + v, I64, STRING);
          g.step(
              "InitializeTable" + v,
              List.of(t, g.constant(new long[] {3, 4}), g.constant(new String[] {"three", "four"})),
              "Tkey",
              I64,
              "Tval",
              STRING);
          g.outputBytes(find(g, v, t, g.constant(4L), g.constant("?"), I64, STRING));
          g.outputBytes(find(g, v, t, g.constant(5L), g.constant("?"), I64, STRING));
        });
  }

  private void twice() {
    add(
        "InitializeTableV2",
        "a_second_time_is_nothing",
        g -> {
          String t = table(g, "HashTableV2", I64, I64);
          for (long[] values : new long[][] {{1, 2}, {30, 40}}) {
            g.step(
                "InitializeTableV2",
                List.of(t, g.constant(new long[] {7, 8}), g.constant(values)),
                "Tkey",
                I64,
                "Tval",
                I64);
          }
          g.output(find(g, "V2", t, g.constant(new long[] {7, 8, 9}), g.constant(0L), I64, I64));
        });
  }

  private void fromFile(String v) {
    add(
        "InitializeTableFromTextFile" + v,
        "lines_and_columns",
        g -> {
          String name = g.constant("target/cases/table" + v);
          byte[] text = "ab 5 x\ncd -7 y\ne 9 z\n".getBytes(StandardCharsets.UTF_8);
          g.step("WriteFile", List.of(name, g.bytes(text)));
          String numbers = table(g, "HashTable" + v, STRING, I64);
          g.step(
              "InitializeTableFromTextFile" + v,
              List.of(numbers, name),
              "key_index",
              -2,
              "value_index",
              -1,
              "vocab_size",
              2);
          String lines = g.constant(new String[] {"cd -7 y", "e 9 z"});
          g.output(find(g, v, numbers, lines, g.constant(-1L), STRING, I64));
          String columns = table(g, "HashTable" + v, I64, STRING);
          g.step(
              "InitializeTableFromTextFile" + v,
              List.of(columns, name),
              "key_index",
              1,
              "value_index",
              0,
              "delimiter",
              " ");
          g.outputBytes(find(g, v, columns, g.constant(-7L), g.constant("?"), I64, STRING));
          g.output(g.step("LookupTableSize" + v, List.of(columns)));
        });
  }

  private static void insert(
      StateGraph g, String op, String t, String keys, String values, DataType k, DataType x) {
    g.step(op, List.of(t, keys, values), "Tin", k, "Tout", x);
  }

  private void mutable(String v) {
    add(
        "MutableHashTable" + v,
        "inserted_and_imported",
        g -> {
          String t = table(g, "MutableHashTable" + v, STRING, F32);
          String keys = g.constant(new String[] {"a", "b"});
          insert(g, "LookupTableInsert" + v, t, keys, g.input(new float[] {1, 2}), STRING, F32);
          insert(
              g,
              "LookupTableInsert" + v,
              t,
              g.constant(new String[] {"b", "c"}),
              g.input(new float[] {20, 30}),
              STRING,
              F32);
          String all = g.constant(new String[] {"a", "b", "c", "d"});
          g.output(find(g, v, t, all, g.constant(-1f), STRING, F32));
          g.output(g.step("LookupTableSize" + v, List.of(t)));
          if (!v.isEmpty()) {
            g.step(
                "LookupTableRemoveV2",
                List.of(t, g.constant(new String[] {"a", "x"})),
                "Tin",
                STRING);
            g.output(find(g, v, t, all, g.constant(-1f), STRING, F32));
          }
          insert(
              g,
              "LookupTableImport" + v,
              t,
              g.constant(new String[] {"q"}),
              g.input(new float[] {9}),
              STRING,
              F32);
          String export =
              g.step("LookupTableExport" + v, List.of(t), "Tkeys", STRING, "Tvalues", F32);
          g.outputBytes(export);
          g.output(export + ":1");
        });
  }

  private void ofTensors(String v) {
    add(
        "MutableHashTableOfTensors" + v,
        "vectors",
        g -> {
          String t =
              g.node(
                  "MutableHashTableOfTensors" + v,
                  List.of(),
                  "key_dtype",
                  I64,
                  "value_dtype",
                  F32,
                  "value_shape",
                  Shape.of(2));
          insert(
              g,
              "LookupTableInsert" + v,
              t,
              g.input(new long[] {4, 9}),
              g.input(new float[][] {{1, 2}, {3, 4}}),
              I64,
              F32);
          g.output(
              find(
                  g, v, t, g.input(new long[] {9, 5}), g.constant(new float[] {-1, -2}), I64, F32));
        });
  }

  private void dense() {
    String v = "V2"; // the kernel of the first version asks for an input that it does not have
    add(
        "MutableDenseHashTable" + v,
        "numbers",
        g -> {
          String empty = g.constant(-1L);
          String t =
              g.node(
                  "MutableDenseHashTable" + v,
                  List.of(empty, g.constant(-2L)),
                  "key_dtype",
                  I64,
                  "value_dtype",
                  I64,
                  "initial_num_buckets",
                  4);
          insert(
              g,
              "LookupTableInsert" + v,
              t,
              g.input(new long[] {11, 12, 13, 14, 15}),
              g.input(new long[] {0, 1, 2, 3, 4}),
              I64,
              I64);
          g.output(find(g, v, t, g.input(new long[] {12, 16, 15}), g.constant(-5L), I64, I64));
          g.output(g.step("LookupTableSize" + v, List.of(t)));
        });
    add(
        "MutableDenseHashTable" + v,
        "keys_that_are_vectors",
        g -> {
          String t =
              g.node(
                  "MutableDenseHashTable" + v,
                  List.of(
                      g.constant(TensorValue.ofLongs(0, 0)), g.constant(TensorValue.ofLongs(0, 1))),
                  "key_dtype",
                  I64,
                  "value_dtype",
                  F32,
                  "value_shape",
                  Shape.of(3));
          insert(
              g,
              "LookupTableInsert" + v,
              t,
              g.input(new long[][] {{1, 2}, {3, 4}}),
              g.input(new float[][] {{1, 2, 3}, {4, 5, 6}}),
              I64,
              F32);
          g.output(
              find(
                  g,
                  v,
                  t,
                  g.input(new long[][] {{3, 4}, {4, 3}}),
                  g.constant(new float[] {0, 0, 0}),
                  I64,
                  F32));
        });
  }
}
