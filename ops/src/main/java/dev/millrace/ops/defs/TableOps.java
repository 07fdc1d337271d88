package dev.millrace.ops.defs;

import static dev.millrace.ops.defs.QueueOps.requireHandle;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lookup tables. */
final class TableOps {
  private TableOps() {}

  static void register(OpRegistry r) {
    for (boolean old : new boolean[] {true, false}) {
      String v = old ? "" : "V2";
      String valueShape = "value_shape: shape = {}";
      r.add(table("HashTable" + v, old));
      r.add(table("MutableHashTable" + v, old));
      r.add(table("MutableHashTableOfTensors" + v, old, valueShape));
      OpDef.Builder dense =
          table(
              "MutableDenseHashTable" + v,
              old,
              valueShape,
              "initial_num_buckets: int = 131072",
              "max_load_factor: float = 0.8");
      r.add(
          old
              ? dense.inputs("empty_key: key_dtype")
              : dense.inputs("empty_key: key_dtype", "deleted_key: key_dtype"));
      initializers(r, old);
      lookups(r, old);
      contents(r, old);
    }
  }

  private static OpDef.Builder table(String type, boolean old, String... moreAttrs) {
    List<String> attrs =
        new ArrayList<>(
            List.of(
                "container: string = ''",
                "shared_name: string = ''",
                "use_node_name_sharing: bool = false",
                "key_dtype: type",
                "value_dtype: type"));
    attrs.addAll(Arrays.asList(moreAttrs));
    return OpDef.named(type)
        .outputs(old ? "table_handle: Ref(string)" : "table_handle: resource")
        .attrs(attrs.toArray(String[]::new))
        .stateful()
        .shape(
            c -> {
              c.output(0, old ? Shape.vector(2) : Shape.scalar());
              // Of a table whose keys are vectors, the handle does not tell so.
              boolean plainKeys =
                  c.inputCount() == 0 || (c.input(0).hasRank() && c.input(0).rank() == 0);
              if (!old && plainKeys) {
                Shape value =
                    c.attrs().has("value_shape")
                        ? c.attrs().getShape("value_shape")
                        : Shape.scalar();
                c.outputHandle(0, new HandleData(c.attrs().getType("value_dtype"), value));
              }
            });
  }

  private static OpDef.Builder on(String type, boolean old, String... moreInputs) {
    String[] all = new String[moreInputs.length + 1];
    all[0] = old ? "table_handle: Ref(string)" : "table_handle: resource";
    System.arraycopy(moreInputs, 0, all, 1, moreInputs.length);
    return OpDef.named(type + (old ? "" : "V2")).inputs(all).stateful();
  }

  private static void initializers(OpRegistry r, boolean old) {
    r.add(
        on("InitializeTable", old, "keys: Tkey", "values: Tval")
            .attrs("Tkey: type", "Tval: type")
            .shape(
                c -> {
                  requireHandle(c, 0);
                  Shape keys = c.inputOfRank(1, 1);
                  Shapes.mergeDims(
                      keys.dim(0), c.inputOfRank(2, 1).dim(0), "the numbers of keys and of values");
                }));
    r.add(
        on("InitializeTableFromTextFile", old, "filename: string")
            .attrs(
                "key_index: int >= -2",
                "value_index: int >= -2",
                "vocab_size: int >= -1 = -1",
                "delimiter: string = '\t'")
            .shape(
                c -> {
                  requireHandle(c, 0);
                  Shapes.requireScalar(c, 1, "a file's name");
                }));
  }

  private static void lookups(OpRegistry r, boolean old) {
    r.add(
        on("LookupTableFind", old, "keys: Tin", "default_value: Tout")
            .outputs("values: Tout")
            .attrs("Tin: type", "Tout: type")
            .stateShape()
            .shape(TableOps::findShape));
    r.add(
        on("LookupTableInsert", old, "keys: Tin", "values: Tout")
            .attrs("Tin: type", "Tout: type")
            .shape(c -> requireHandle(c, 0)));
    if (!old) {
      r.add(
          on("LookupTableRemove", false, "keys: Tin")
              .attrs("Tin: type")
              .shape(c -> requireHandle(c, 0)));
    }
  }

  private static void findShape(ShapeContext c) {
    requireHandle(c, 0);
    HandleData table = values(c);
    if (table != null) {
      c.output(0, c.input(1).concat(table.shape()));
    }
  }

  private static HandleData values(ShapeContext c) {
    return c.inputType(0) == DataType.RESOURCE ? c.handle(0) : null;
  }

  private static void contents(OpRegistry r, boolean old) {
    r.add(on("LookupTableSize", old).outputs("size: int64").shape(QueueOps::aboutHandle));
    r.add(
        on("LookupTableExport", old)
            .outputs("keys: Tkeys", "values: Tvalues")
            .attrs("Tkeys: type", "Tvalues: type")
            .stateShape()
            .shape(
                c -> {
                  requireHandle(c, 0);
                  HandleData table = values(c);
                  if (table != null) {
                    c.output(0, Shape.ofRank(1));
                    c.output(1, Shape.ofRank(1).concat(table.shape()));
                  }
                }));
    r.add(
        on("LookupTableImport", old, "keys: Tin", "values: Tout")
            .attrs("Tin: type", "Tout: type")
            .shape(c -> requireHandle(c, 0)));
  }
}
